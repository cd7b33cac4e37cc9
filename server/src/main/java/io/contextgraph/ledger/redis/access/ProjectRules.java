// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import static io.contextgraph.ledger.redis.access.AccessRules.both;
import static io.contextgraph.ledger.redis.access.AccessRules.keyless;
import static io.contextgraph.ledger.redis.access.AccessRules.read;
import static io.contextgraph.ledger.redis.access.AccessRules.write;

import io.contextgraph.ledger.redis.access.AccessRules.Rule;
import io.contextgraph.ledger.redis.client.Keys;
import java.util.ArrayList;
import java.util.List;

/** What whoever takes part in a group may do. */
record ProjectRules(AccessRules access) {
    List<Rule> all() {
        List<Rule> rules = new ArrayList<>(List.of(
                read(
                        List.of(keys().global()),
                        "XREADGROUP GROUP g c STREAMS KEY >",
                        "XRANGE KEY - +",
                        "XREVRANGE KEY + -",
                        "XPENDING KEY g",
                        "XINFO|GROUPS KEY",
                        "XINFO|CONSUMERS KEY g"),
                write(
                        List.of(keys().global()),
                        "XGROUP|CREATE KEY g 0",
                        "XGROUP|SETID KEY g 0",
                        "XGROUP|DELCONSUMER KEY g c",
                        "XACK KEY g 1-1",
                        "XCLAIM KEY g c 0 1-1")));
        rules.addAll(access.events());
        rules.addAll(catchingUp());
        rules.addAll(parking());
        rules.addAll(operations());
        return rules;
    }

    /** To give a group what was trimmed before it had it. */
    private List<Rule> catchingUp() {
        String feeds = keys().feed("*");
        return List.of(
                read(List.of(keys().ledger()), "HGET KEY f"),
                read(List.of(keys().behind()), "HLEN KEY", "HGET KEY f", "HEXISTS KEY f"),
                write(List.of(keys().behind()), "HSET KEY f v", "HDEL KEY f"),
                read(
                        List.of(feeds),
                        "EXISTS KEY",
                        "XREADGROUP GROUP g c STREAMS KEY >",
                        "XRANGE KEY - +",
                        "XREVRANGE KEY + -",
                        "XPENDING KEY g",
                        "XINFO|STREAM KEY",
                        "XINFO|GROUPS KEY"),
                write(
                        List.of(feeds),
                        "XGROUP|CREATE KEY g 0",
                        "XADD KEY * f v",
                        "XTRIM KEY MAXLEN 0",
                        "XACK KEY g 1-1",
                        "XCLAIM KEY g c 0 1-1",
                        "UNLINK KEY"));
    }

    /** To park entries, and to let them go. */
    private List<Rule> parking() {
        return List.of(
                keyless("SCRIPT|LOAD return"),
                // One for all its scripts: Redis asks for a rule that covers all keys of a call.
                both(
                        List.of(
                                keys().global(),
                                keys().parked(),
                                keys().parkedByGroup(),
                                keys().dropped(),
                                keys().ledger(),
                                keys().behind(),
                                keys().feed("*")),
                        "EVALSHA 0000000000000000000000000000000000000000 1 KEY"),
                read(List.of(keys().parked(), keys().dropped()), "XRANGE KEY - +", "XLEN KEY"),
                write(List.of(keys().parked(), keys().dropped()), "XADD KEY * f v"),
                write(List.of(keys().parked()), "XDEL KEY 1-1"),
                read(List.of(keys().parkedByGroup()), "HLEN KEY", "HGET KEY f"),
                both(List.of(keys().parkedByGroup()), "HINCRBY KEY f 1"));
    }

    /** To remember long work, and to have its locks. */
    private List<Rule> operations() {
        String locks = keys().operationLock("*");
        return List.of(
                both(List.of(locks, keys().operations()), "EVALSHA 0000000000000000000000000000000000000000 1 KEY"),
                read(List.of(locks), "GET KEY"),
                write(List.of(locks), "SET KEY v", "PEXPIRE KEY 1", "DEL KEY"),
                read(List.of(keys().operations()), "HGET KEY f", "HGETALL KEY"),
                write(List.of(keys().operations()), "HSET KEY f v", "HDEL KEY f"));
    }

    private Keys keys() {
        return access.keys();
    }
}
