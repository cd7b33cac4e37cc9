// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;
import io.contextgraph.wire.LedgerJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * A partition of the ledger of a server.
 *
 * <p><b>Errors.</b> Of {@link Api}; what only a process on the stores may do is an {@link UnsupportedOperationException}.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class RemotePartition implements Partition, EventOrder {
    private final Api api;
    private final RemoteLedger ledger;
    private final int number;
    private final int of;

    /** @param of how many there are */
    RemotePartition(Api api, RemoteLedger ledger, int number, int of) {
        this.api = api;
        this.ledger = ledger;
        this.number = number;
        this.of = of;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public Position named(Position position) {
        return of == 1 ? position : position.in(number);
    }

    @Override
    public EventLog log() {
        return ledger.log();
    }

    @Override
    public EventOrder order() {
        return this;
    }

    @Override
    public List<RecordedEvent> read(long afterSeq, int max) {
        Map<String, String> parameters = where();
        parameters.put("after_seq", Long.toString(afterSeq));
        // As every log: whoever must not pass over what is gone asks for that.
        parameters.put("pruned", "skip");
        parameters.put("limit", Integer.toString(Math.clamp(max, 1, EventQuery.MAX_LIMIT)));
        return RemoteEventLog.events(api.get("/v1/ledger/events", parameters));
    }

    @Override
    public Head head() {
        return now().head();
    }

    private Map<String, String> where() {
        return where(number, of);
    }

    /** What a request says that is about one partition of so many. */
    static Map<String, String> where(int number, int of) {
        return new HashMap<>(of == 1 ? Map.of() : Map.of("partition", Integer.toString(number)));
    }

    private JsonNode standing() {
        return api.get("/v1/ledger", where());
    }

    private Epochs.Standing now() {
        return LedgerJson.standing(standing());
    }

    @Override
    public EventSearch search() {
        return ledger.search();
    }

    @Override
    public Sessions sessions() {
        return ledger.sessions();
    }

    @Override
    public Parking parking() {
        return ledger.parking();
    }

    /** Tells how far the group that feeds the graph is; only the server is given events. */
    @Override
    public EventFeed feed(String group) {
        return new EventFeed() {
            @Override
            public Consumer open(String consumerName) {
                throw RemoteLedger.unsupported();
            }

            @Override
            public Progress progress() {
                return LedgerJson.progress(standing());
            }
        };
    }

    @Override
    public Epochs epochs() {
        return new Epochs() {
            @Override
            public Standing now() {
                return RemotePartition.this.now();
            }

            @Override
            public boolean begin(long ends, long begins, Head lastCommon) {
                throw RemoteLedger.unsupported();
            }
        };
    }

    @Override
    public Trimming trimming() {
        throw RemoteLedger.unsupported();
    }

    @Override
    public Pruning pruning() {
        throw RemoteLedger.unsupported();
    }

    @Override
    public PersonalEvents personal() {
        throw RemoteLedger.unsupported();
    }

    @Override
    public Tiers tiers() {
        throw RemoteLedger.unsupported();
    }

    @Override
    public Sealing sealing() {
        throw RemoteLedger.unsupported();
    }

    @Override
    public OperationStore operations() {
        throw RemoteLedger.unsupported();
    }
}
