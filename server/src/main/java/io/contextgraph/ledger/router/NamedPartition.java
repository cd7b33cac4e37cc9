// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.Lookup;
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
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A partition as everybody sees it who sees several: its positions say which one they are of, and its
 * failures name it.
 *
 * <p>To itself it is a whole ledger, and its positions say nothing of the others; so it is to whoever trims, archives, restores,
 * signs and mends it: {@link #operations}, {@link #trimming}, {@link #pruning}, {@link #tiers} and {@link #sealing} are those of the partition
 * itself.
 */
public final class NamedPartition implements Partition {
    private final int number;
    private final Partition itself;
    private final PartitionName name;

    /** @param number from 0 on */
    public NamedPartition(int number, Partition itself) {
        this.number = number;
        this.itself = itself;
        this.name = new PartitionName(number);
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public Position named(Position position) {
        return name.of(position);
    }

    @Override
    public EventLog log() {
        EventLog log = itself.log();
        return new EventLog() {
            @Override
            public AppendResult append(List<Append> appends, Durability atLeast) {
                return name.of(name.asking(() -> log.append(appends, atLeast)));
            }

            @Override
            public AppendStream stream(Durability atLeast) {
                AppendStream stream = name.asking(() -> log.stream(atLeast));
                return appends -> {
                    AppendStream.Written written = name.asking(() -> stream.write(appends));
                    return () -> name.of(name.asking(written::await));
                };
            }

            @Override
            public Lookup find(EventId id) {
                Lookup found = name.asking(() -> log.find(id));
                return found instanceof Lookup.Found it ? new Lookup.Found(name.of(it.event())) : found;
            }

            @Override
            public Map<EventId, Payload> payloads(Collection<EventId> ids) {
                return name.asking(() -> log.payloads(ids));
            }

            @Override
            public Map<EventId, Original> originals(Collection<EventId> ids) {
                return name.asking(() -> log.originals(ids));
            }
        };
    }

    @Override
    public EventOrder order() {
        EventOrder order = itself.order();
        return new EventOrder() {
            @Override
            public List<RecordedEvent> read(long afterSeq, int max) {
                return name.of(name.asking(() -> order.read(afterSeq, max)));
            }

            @Override
            public Head head() {
                return name.of(name.asking(order::head));
            }
        };
    }

    @Override
    public EventSearch search() {
        EventSearch search = itself.search();
        return query -> {
            EventPage page = name.asking(() -> search.search(query));
            return new EventPage(
                    name.of(page.events()),
                    page.next(),
                    page.scopes().stream().map(name::of).toList());
        };
    }

    @Override
    public Sessions sessions() {
        return new NamedSessions(name, itself.sessions());
    }

    @Override
    public Parking parking() {
        return new NamedParking(name, itself.parking());
    }

    @Override
    public OperationStore operations() {
        return itself.operations();
    }

    @Override
    public PersonalEvents personal() {
        return new NamedPersonal(name, itself.personal());
    }

    @Override
    public EventFeed feed(String group) {
        return named(itself.feed(group));
    }

    /** A feed of the partition, as everybody sees it. */
    public EventFeed named(EventFeed feed) {
        return new EventFeed() {
            @Override
            public Consumer open(String consumerName) {
                return consumer(name.asking(() -> feed.open(consumerName)));
            }

            @Override
            public Progress progress() {
                Progress now = name.asking(feed::progress);
                return new Progress(
                        name.of(now.seenThrough()),
                        now.seenThroughSeq(),
                        now.pending(),
                        now.parked(),
                        now.waitingSince(),
                        name.of(now.head()));
            }
        };
    }

    private EventFeed.Consumer consumer(EventFeed.Consumer consumer) {
        return new EventFeed.Consumer() {
            @Override
            public List<Delivery> poll(int max, Duration wait) {
                return name.asking(() -> consumer.poll(max, wait)).stream()
                        .map(name::of)
                        .toList();
            }

            @Override
            public void acknowledge(Collection<Position> positions) {
                List<Position> plain =
                        positions.stream().map(PartitionName::plain).toList();
                name.telling(() -> consumer.acknowledge(plain));
            }

            @Override
            public boolean park(Delivery delivery, Failure failure) {
                return name.asking(() -> consumer.park(PartitionName.plain(delivery), failure));
            }

            @Override
            public void close() {
                consumer.close();
            }
        };
    }

    @Override
    public Epochs epochs() {
        Epochs epochs = itself.epochs();
        return new Epochs() {
            @Override
            public Standing now() {
                Standing now = name.asking(epochs::now);
                LedgerIdentity known = now.identity();
                return new Standing(
                        new LedgerIdentity(
                                known.id(),
                                number,
                                known.epoch(),
                                known.cuts().stream()
                                        .map(cut -> new LedgerIdentity.Cut(cut.epoch(), name.of(cut.lastCommon())))
                                        .toList()),
                        name.of(now.head()));
            }

            @Override
            public boolean begin(long ends, long begins, Head lastCommon) {
                return name.asking(() -> epochs.begin(ends, begins, PartitionName.plain(lastCommon)));
            }
        };
    }

    @Override
    public Trimming trimming() {
        return itself.trimming();
    }

    @Override
    public Pruning pruning() {
        return itself.pruning();
    }

    @Override
    public Tiers tiers() {
        return itself.tiers();
    }

    @Override
    public Sealing sealing() {
        return itself.sealing();
    }
}
