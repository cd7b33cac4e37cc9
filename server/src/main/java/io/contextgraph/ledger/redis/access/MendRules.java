// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.ledger.redis.access.AccessRules.Rule;
import java.util.ArrayList;
import java.util.List;

/** What whoever mends a ledger may do. */
final class MendRules {
    private final AccessRules rules;

    MendRules(AccessRules rules) {
        this.rules = rules;
    }

    /** Whatever is wrong with a key of the ledger, it can be looked at, moved and made again; and no other key. */
    List<Rule> all() {
        List<Rule> all = new ArrayList<>(List.of(
                AccessRules.keyless("SCRIPT|LOAD return", "TIME", "SCAN 0"),
                AccessRules.read(List.of(rules.keys().prefix() + "*"), "TYPE KEY"),
                AccessRules.both(
                        mendable(),
                        "EVALSHA 0000000000000000000000000000000000000000 1 KEY",
                        "EXISTS KEY",
                        "RENAME KEY KEY",
                        "UNLINK KEY",
                        "GET KEY",
                        "MGET KEY",
                        "SET KEY v",
                        "STRLEN KEY",
                        "GETRANGE KEY 0 0",
                        "SETRANGE KEY 0 v",
                        "HGET KEY f",
                        "HMGET KEY f",
                        "HGETALL KEY",
                        "HSCAN KEY 0",
                        "HSET KEY f v",
                        "HDEL KEY f",
                        "SMEMBERS KEY",
                        "SADD KEY m",
                        "SREM KEY m",
                        "ZSCORE KEY m",
                        "ZRANGE KEY 0 0",
                        "ZADD KEY 1 m",
                        "ZREM KEY m",
                        "XRANGE KEY - +",
                        "XREVRANGE KEY + -",
                        "XADD KEY * f v",
                        "XDEL KEY 1-1",
                        "XINFO|STREAM KEY",
                        "XINFO|GROUPS KEY",
                        "XINFO|CONSUMERS KEY g",
                        "XPENDING KEY g",
                        "XTRIM KEY MAXLEN 0",
                        "XGROUP|CREATE KEY g 0",
                        "XGROUP|SETID KEY g 0",
                        "XGROUP|CREATECONSUMER KEY g c",
                        "XCLAIM KEY g c 0 1-1")));
        if (rules.searches()) {
            all.add(AccessRules.both(
                    List.of(rules.documents(), rules.sealed()), "JSON.MGET KEY $", "JSON.SET KEY $ 1"));
            all.addAll(rules.index());
            all.addAll(rules.search(
                    AccessRules.both(
                            List.of(rules.keys().indexes() + "*", rules.keys().sealedIndexes() + "*"),
                            "FT.DROPINDEX KEY"),
                    AccessRules.keyless("FT.DROPINDEX i")));
        }
        return all;
    }

    /** All keys of the ledger, and those to which they are moved; not those that say who may use it. */
    private List<String> mendable() {
        List<String> patterns = new ArrayList<>(rules.declared());
        patterns.addAll(List.of(
                rules.keys().operations(),
                rules.keys().operationLock("*"),
                rules.keys().behind(),
                rules.keys().gone(),
                rules.keys().prunings(),
                rules.keys().holds(),
                rules.erasures(),
                rules.keys().openErasures(),
                rules.keys().feed("*"),
                rules.cold(),
                rules.keys().lease("*"),
                rules.rounds(),
                rules.keys().barrier()));
        patterns.add(rules.keys().aside() + "*");
        return patterns.stream().distinct().toList();
    }
}
