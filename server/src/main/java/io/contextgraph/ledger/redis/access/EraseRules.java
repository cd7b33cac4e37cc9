// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.ledger.redis.access.AccessRules.Rule;
import io.contextgraph.ledger.redis.client.Keys;
import java.util.ArrayList;
import java.util.List;

/** What whoever erases persons may do: no event, no payload in plain and no other key can be touched; files of the server are written anew. */
final class EraseRules {
    private final AccessRules rules;

    EraseRules(AccessRules rules) {
        this.rules = rules;
    }

    List<Rule> all() {
        Keys keys = rules.keys();
        List<String> scripted = new ArrayList<>(
                List.of(keys.ledger(), rules.sealed(), rules.fences(), rules.erasures(), keys.openErasures()));
        if (!rules.searches()) {
            scripted.add(rules.subjects());
        }
        List<Rule> all = new ArrayList<>(List.of(
                AccessRules.keyless("SCRIPT|LOAD return", "TIME", "INFO replication", "WAITAOF 0 0 0"),
                AccessRules.keyless("BGREWRITEAOF", "BGSAVE", "CONFIG|GET dir"),
                AccessRules.channel(List.of(keys.keyNews()), "PUBLISH KEY m"),
                AccessRules.both(scripted, "EVALSHA 0000000000000000000000000000000000000000 1 KEY"),
                AccessRules.read(List.of(rules.fences()), "GET KEY"),
                AccessRules.write(List.of(rules.fences(), rules.erasures(), keys.barrier()), "SET KEY v"),
                AccessRules.read(List.of(keys.openErasures()), "SCARD KEY"),
                AccessRules.write(List.of(keys.openErasures()), "SADD KEY m", "SREM KEY m"),
                AccessRules.read(List.of(keys.ledger()), "HMGET KEY f"),
                AccessRules.write(List.of(keys.ledger()), "HSET KEY f v"),
                AccessRules.read(List.of(rules.sealed()), "EXISTS KEY"),
                AccessRules.write(List.of(rules.sealed()), "UNLINK KEY")));
        if (rules.searches()) {
            all.add(AccessRules.both(List.of(rules.sealed()), "JSON.GET KEY"));
        } else {
            all.add(AccessRules.read(List.of(rules.sealed()), "GETRANGE KEY 0 0"));
            all.add(AccessRules.read(List.of(rules.subjects()), "ZCARD KEY"));
            all.add(AccessRules.write(List.of(rules.subjects()), "ZREM KEY m"));
        }
        return all;
    }
}
