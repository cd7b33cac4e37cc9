// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.personal;

import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A string for each pseudonym, and a set of those that are open.
 *
 * @param read may read
 * @param durably writes
 */
record RedisErasures(Redis read, Keys keys, DurableWrite durably) implements ErasureRecords {
    private static final Script REMEMBER = new Script("personal/remember.lua");

    @Override
    public void put(List<SubjectPseudonym> names, String record, boolean open) {
        ErasureRecords.requireNames(names);
        List<String> all = new ArrayList<>(List.of(keys.openErasures()));
        names.forEach(name -> all.add(keys.erasure(name)));
        Object ignored = durably.run(
                REMEMBER,
                EventCodec.arguments(all.toArray(String[]::new)),
                EventCodec.arguments(record, open ? "open" : "done"));
    }

    @Override
    public Optional<String> find(SubjectPseudonym name) {
        return Optional.ofNullable(read.call(client -> client.get(keys.erasure(name))));
    }

    @Override
    public List<SubjectPseudonym> open() {
        return read.call(client -> client.smembers(keys.openErasures())).stream()
                .sorted()
                .flatMap(name -> SubjectPseudonym.parse(name).stream())
                .toList();
    }
}
