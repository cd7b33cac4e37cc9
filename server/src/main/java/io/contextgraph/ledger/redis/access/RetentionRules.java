// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.ledger.redis.access.AccessRules.Rule;
import io.contextgraph.ledger.redis.client.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What whoever trims, prunes and restores may do. */
final class RetentionRules {
    private final AccessRules rules;
    private final Keys keys;

    RetentionRules(AccessRules rules) {
        this.rules = rules;
        this.keys = rules.keys();
    }

    List<Rule> all() {
        List<String> indexed = rules.searches() ? List.of() : List.of(rules.sets(), rules.subjects());
        List<String> scripted = new ArrayList<>(List.of(
                rules.streams(),
                keys.ledger(),
                keys.behind(),
                rules.leases(),
                rules.cold(),
                keys.retention(),
                keys.probe()));
        scripted.addAll(List.of(keys.gone(), keys.prunings(), keys.holds(), keys.originals()));
        scripted.addAll(List.of(rules.documents(), rules.payloads(), rules.summaries(), rules.ids()));
        scripted.addAll(List.of(rules.sealed(), rules.fences()));
        List<Rule> all = new ArrayList<>(List.of(
                AccessRules.keyless("SCRIPT|LOAD return", "TIME"),
                AccessRules.both(
                        Stream.concat(scripted.stream(), indexed.stream()).toList(),
                        "EVALSHA 0000000000000000000000000000000000000000 1 KEY"),
                AccessRules.read(List.of(rules.leases()), "HMGET KEY f"),
                AccessRules.write(List.of(rules.leases()), "HSET KEY f v"),
                AccessRules.read(List.of(keys.behind()), "HLEN KEY"),
                AccessRules.write(List.of(keys.behind()), "HSETNX KEY f v"),
                AccessRules.write(List.of(rules.streams()), "XTRIM KEY MAXLEN 0", "UNLINK KEY"),
                AccessRules.read(List.of(rules.streams()), "XRANGE KEY - +", "XREVRANGE KEY + -"),
                AccessRules.read(List.of(keys.global()), "XLEN KEY", "XPENDING KEY g", "XINFO|GROUPS KEY"),
                AccessRules.read(List.of(keys.ledger()), "HGET KEY f"),
                AccessRules.write(List.of(keys.ledger()), "HSET KEY f v", "HSETNX KEY f v"),
                AccessRules.both(
                        List.of(rules.cold()), "SETRANGE KEY 0 v", "GETRANGE KEY 0 0", "STRLEN KEY", "UNLINK KEY"),
                AccessRules.read(List.of(keys.sessions()), "ZCARD KEY", "ZRANGE KEY 0 0"),
                AccessRules.read(
                        List.of(rules.streams(), rules.documents(), rules.payloads(), rules.summaries(), rules.cold()),
                        "MEMORY|USAGE KEY"),
                AccessRules.read(List.of(keys.retention()), "HGETALL KEY"),
                AccessRules.write(List.of(keys.retention()), "HSET KEY f v", "HDEL KEY f")));
        all.addAll(secondLock());
        all.addAll(pruning());
        all.addAll(rules.events());
        all.addAll(rules.search(
                AccessRules.both(List.of(keys.indexes() + "*"), "FT.DROPINDEX KEY"),
                AccessRules.keyless("FT.DROPINDEX i")));
        all.add(
                rules.searches()
                        ? AccessRules.both(List.of(rules.documents()), "JSON.GET KEY", "JSON.SET KEY $ 1")
                        : AccessRules.both(
                                List.of(rules.sets(), rules.subjects()), "ZCARD KEY", "ZADD KEY 1 m", "ZREM KEY m"));
        if (rules.searches()) {
            all.add(AccessRules.both(List.of(rules.sealed()), "JSON.SET KEY $ 1"));
        }
        return all;
    }

    /** To try what Redis keeps by itself, and to have it do so. */
    private List<Rule> secondLock() {
        return List.of(
                AccessRules.write(List.of(keys.global()), "XGROUP|CREATE KEY g 0", "XGROUP|DESTROY KEY g"),
                AccessRules.both(
                        List.of(keys.probe()),
                        "XGROUP|CREATE KEY g 0",
                        "XGROUP|SETID KEY g 0",
                        "XADD KEY * f v",
                        "XREADGROUP GROUP g c STREAMS KEY >",
                        "XACK KEY g 1-1",
                        "XTRIM KEY MAXLEN 0",
                        "UNLINK KEY"));
    }

    /** To take events out for good. */
    private List<Rule> pruning() {
        return List.of(
                AccessRules.read(List.of(keys.prunings()), "HLEN KEY", "HGET KEY f"),
                AccessRules.write(List.of(keys.prunings()), "HSET KEY f v"),
                AccessRules.read(List.of(keys.gone()), "ZCARD KEY", "ZRANGE KEY 0 0"),
                AccessRules.write(List.of(keys.gone()), "ZADD KEY 1 m", "ZREM KEY m"),
                AccessRules.read(List.of(keys.holds()), "HEXISTS KEY f", "HGETALL KEY"),
                AccessRules.write(List.of(keys.holds()), "HSET KEY f v", "HDEL KEY f"),
                AccessRules.both(List.of(keys.ledger()), "HINCRBY KEY f 1"),
                AccessRules.write(List.of(keys.ledger()), "HDEL KEY f"),
                AccessRules.read(List.of(rules.summaries()), "HMGET KEY f", "HKEYS KEY"),
                AccessRules.write(List.of(rules.summaries()), "HSET KEY f v", "HDEL KEY f"),
                AccessRules.read(List.of(rules.ids()), "BITCOUNT KEY", "STRLEN KEY"),
                AccessRules.write(List.of(rules.ids()), "SETRANGE KEY 0 v", "UNLINK KEY"),
                AccessRules.read(List.of(keys.originals()), "HLEN KEY"),
                AccessRules.write(List.of(keys.originals()), "HDEL KEY f", "HSET KEY f v"),
                AccessRules.read(List.of(rules.fences()), "GET KEY", "MGET KEY"),
                AccessRules.read(List.of(rules.documents(), rules.payloads(), rules.sealed()), "EXISTS KEY"),
                AccessRules.write(List.of(rules.documents(), rules.payloads(), rules.sealed()), "UNLINK KEY"),
                AccessRules.write(
                        rules.searches()
                                ? List.of(rules.payloads())
                                : List.of(rules.documents(), rules.payloads(), rules.sealed()),
                        "SET KEY v"));
    }
}
