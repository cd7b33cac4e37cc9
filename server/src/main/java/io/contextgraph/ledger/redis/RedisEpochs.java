// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity.Cut;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.search.EventReader;
import java.util.List;

/** Which ledger in Redis it is, as its header says. */
final class RedisEpochs implements Epochs {
    private static final Script BEGIN = new Script("epoch.lua");

    private final Redis read;
    private final Redis append;
    private final Keys keys;
    private final EventReader reader;

    RedisEpochs(Redis read, Redis append, Keys keys, EventReader reader) {
        this.read = read;
        this.append = append;
        this.keys = keys;
        this.reader = reader;
    }

    @Override
    public Standing now() {
        List<String> fields = read.call(client -> client.hmget(
                keys.ledger(),
                "seq",
                "position",
                LedgerHeader.LEDGER_ID,
                LedgerHeader.PARTITION,
                LedgerHeader.EPOCH,
                LedgerHeader.CUTS));
        Head head = EventReader.head(fields.subList(0, 2));
        return new Standing(
                LedgerHeader.identity(keys.share(), fields.get(2), fields.get(3), fields.get(4), fields.get(5)),
                head.equals(Head.EMPTY) ? reader.head() : head);
    }

    @Override
    public boolean begin(long ends, long begins, Head lastCommon) {
        Object begun = append.write(
                BEGIN,
                EventCodec.arguments(keys.ledger()),
                EventCodec.arguments(
                        Long.toString(ends), Long.toString(begins), LedgerHeader.text(new Cut(begins, lastCommon))));
        return begun instanceof Long done && done == 1;
    }
}
