// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.SearchGeneration;
import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ledger.redis.search.SearchIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What each role may do in Redis: which commands, and on which keys each of them.
 *
 * <p><b>Shape.</b> A command stands with arguments that Redis would take, {@value #KEY} in place of a key, so that the
 * same line gives the right and the question whether somebody has it.
 *
 * <p><b>Source.</b> Redis ACL selectors: one command and all of its keys must be allowed by one selector. A script runs
 * with the rights of its caller, command by command.
 *
 * @param generations what the commands of Search may look like; several: the rules fit each of them
 */
public record AccessRules(Keys keys, Engine engine, Set<SearchGeneration> generations) {
    /** What the work goes on without, as on a managed Redis, which keeps it to itself: see {@link Unseen}. */
    private static final Set<String> DISPENSABLE = Set.of(
            "info",
            "config|get",
            "command|info",
            "acl|whoami",
            "acl|dryrun",
            "client|setname",
            "client|setinfo",
            "memory|usage",
            "waitaof");

    /** Stands for a key in a command. */
    static final String KEY = "KEY";

    /** How a rule's keys may be used: the mark that Redis has for it. */
    enum Access {
        READ("%R~"),
        WRITE("%W~"),
        /** For commands whose description says that they read and write, whatever they do. */
        BOTH("~");

        final String mark;

        Access(String mark) {
            this.mark = mark;
        }
    }

    /**
     * Some commands on some keys.
     *
     * @param patterns the keys, with {@code *} at the end of those that begin so; empty for commands without keys
     */
    record Rule(Access access, List<String> patterns, List<String> commands) {
        /** Whether this rule gives a command on a key; for a command without keys it plays no part. */
        boolean gives(String command, String key) {
            return commands.stream()
                    .filter(own -> name(own).equals(name(command)))
                    .anyMatch(own -> !takesKey(own) || patterns.stream().anyMatch(pattern -> covers(pattern, key)));
        }

        private static boolean covers(String pattern, String key) {
            return pattern.endsWith("*")
                    ? key.startsWith(pattern.substring(0, pattern.length() - 1))
                    : pattern.equals(key);
        }
    }

    static Rule keyless(String... commands) {
        return new Rule(Access.BOTH, List.of(), List.of(commands));
    }

    static Rule read(List<String> patterns, String... commands) {
        return new Rule(Access.READ, patterns, List.of(commands));
    }

    static Rule write(List<String> patterns, String... commands) {
        return new Rule(Access.WRITE, patterns, List.of(commands));
    }

    static Rule both(List<String> patterns, String... commands) {
        return new Rule(Access.BOTH, patterns, List.of(commands));
    }

    /** Whether the work goes on without the right to a command; less is known then, or can be confirmed. */
    static boolean isDispensable(String name) {
        return DISPENSABLE.contains(name);
    }

    /** The name of a command as the ACL has it: {@code xadd}, {@code xgroup|create}. */
    static String name(String command) {
        return command.split(" ", 2)[0].toLowerCase(Locale.ROOT);
    }

    static boolean takesKey(String command) {
        return command.contains(" " + KEY);
    }

    List<Rule> of(Role role) {
        List<Rule> rules = new ArrayList<>();
        rules.add(keyless("PING", "SELECT 0", "ACL|WHOAMI", "CLIENT|SETNAME n", "CLIENT|SETINFO LIB-NAME n"));
        rules.addAll(
                switch (role) {
                    case OPERATOR -> operator();
                    case APPEND -> append();
                    case READ -> read();
                    case PROJECT -> new ProjectRules(this).all();
                    case RETENTION -> retention();
                    case KEYS -> makeKeys();
                    // Without keys: a snapshot is of all of them.
                    case BACKUP -> List.of(keyless("SYNC", "REPLCONF rdb-only 1"));
                    case MEND -> new MendRules(this).all();
                });
        return rules;
    }

    boolean searches() {
        return engine == Engine.SEARCH;
    }

    /** The rules for each way in which the commands of Search may name their index. */
    List<Rule> search(Rule two, Rule eight) {
        List<Rule> rules = new ArrayList<>();
        if (searches() && generations.contains(SearchGeneration.TWO)) {
            rules.add(two);
        }
        if (searches() && generations.contains(SearchGeneration.EIGHT)) {
            rules.add(eight);
        }
        return rules;
    }

    private List<Rule> operator() {
        List<Rule> rules = new ArrayList<>(List.of(
                keyless("INFO", "COMMAND|INFO get", "CONFIG|GET appendonly", "ACL|DRYRUN default ping"),
                read(List.of(keys.ledger()), "HMGET KEY f"),
                read(List.of(keys.accessKeys(), keys.accessUses()), "HGETALL KEY"),
                write(List.of(keys.accessUses()), "HSET KEY f v")));
        if (searches()) {
            rules.addAll(index());
        }
        return rules;
    }

    /** To prepare and mend the search index. */
    List<Rule> index() {
        List<Rule> rules = new ArrayList<>(List.of(keyless("FT._LIST")));
        String create = " ON JSON PREFIX 1 p SCHEMA a AS a TAG";
        rules.addAll(search(both(indexNames(), "FT.CREATE KEY" + create), keyless("FT.CREATE i" + create)));
        rules.addAll(search(both(aliasAndNames(), "FT.ALIASUPDATE KEY KEY"), keyless("FT.ALIASUPDATE a i")));
        rules.addAll(search(both(aliasAndNames(), "FT.INFO KEY"), read(List.of(documents()), "FT.INFO i")));
        return rules;
    }

    private List<Rule> append() {
        List<Rule> rules = new ArrayList<>(List.of(
                keyless("INFO memory", "SCRIPT|LOAD return", "WAITAOF 0 0 0", "TIME"),
                both(
                        Stream.concat(declared().stream(), Stream.of(rounds())).toList(),
                        "EVALSHA 0000000000000000000000000000000000000000 1 KEY"),
                read(List.of(streams()), "XREVRANGE KEY + -", "XINFO|STREAM KEY"),
                write(List.of(streams()), "XADD KEY * f v"),
                read(List.of(keys.ledger(), summaries()), "HMGET KEY f"),
                write(List.of(keys.ledger(), summaries(), keys.originals()), "HSET KEY f v"),
                read(List.of(keys.originals()), "HLEN KEY"),
                read(List.of(documents(), payloads()), "EXISTS KEY"),
                read(List.of(ids(), payloads()), "STRLEN KEY"),
                read(List.of(ids()), "GETRANGE KEY 0 0"),
                write(List.of(ids()), "SETRANGE KEY 0 v"),
                read(List.of(keys.types()), "SCARD KEY"),
                write(List.of(keys.types()), "SADD KEY m"),
                read(List.of(keys.gone()), "ZCARD KEY", "ZMSCORE KEY m"),
                read(List.of(keys.sessions()), "ZCARD KEY", "ZSCORE KEY m"),
                write(List.of(keys.sessions()), "ZADD KEY 1 m"),
                write(List.of(payloads(), keys.barrier(), rounds()), "SET KEY v"),
                read(List.of(rounds()), "GET KEY")));
        if (searches()) {
            rules.add(both(List.of(documents()), "JSON.GET KEY", "JSON.MSET KEY $ 1"));
        } else {
            rules.add(read(List.of(documents()), "GET KEY"));
            rules.add(write(List.of(documents()), "MSET KEY v"));
            rules.add(read(List.of(sets()), "ZCARD KEY"));
            rules.add(write(List.of(sets()), "ZADD KEY 1 m"));
        }
        return rules;
    }

    private List<Rule> read() {
        List<Rule> rules = new ArrayList<>(List.of(
                read(List.of(payloads()), "GET KEY", "MGET KEY"),
                read(List.of(keys.originals()), "HMGET KEY f"),
                read(List.of(keys.prunings()), "HGET KEY f"),
                read(List.of(keys.types()), "SMEMBERS KEY"),
                read(List.of(summaries()), "HGET KEY f", "HGETALL KEY"),
                searches()
                        ? read(List.of(cold()), "GETRANGE KEY 0 0")
                        : read(List.of(cold()), "GETRANGE KEY 0 0", "STRLEN KEY"),
                read(List.of(keys.sessions()), "ZRANGE KEY 0 0", "ZSCORE KEY m")));
        rules.addAll(events());
        rules.add(searches() ? both(List.of(documents()), "JSON.GET KEY") : read(List.of(documents()), "GET KEY"));
        rules.addAll(search(
                both(List.of(keys.index()), "FT.SEARCH KEY *", "FT.AGGREGATE KEY *", "FT.INFO KEY"),
                read(List.of(documents()), "FT.SEARCH i *", "FT.AGGREGATE i *", "FT.INFO i")));
        rules.add(keyless("SCRIPT|LOAD return"));
        if (searches()) {
            rules.add(keyless("EVALSHA_RO 0000000000000000000000000000000000000000 0"));
        } else {
            rules.add(read(
                    List.of(sets()),
                    "EVALSHA_RO 0000000000000000000000000000000000000000 1 KEY",
                    "ZCOUNT KEY 0 0",
                    "ZMSCORE KEY m",
                    "ZRANGE KEY 0 0"));
        }
        return rules;
    }

    /** To read events by number. */
    List<Rule> events() {
        return List.of(
                read(List.of(keys.ledger()), "HMGET KEY f"),
                read(List.of(ids()), "GETRANGE KEY 0 0"),
                read(List.of(keys.gone()), "ZMSCORE KEY m"),
                searches() ? both(List.of(documents()), "JSON.MGET KEY $") : read(List.of(documents()), "MGET KEY"));
    }

    private List<Rule> retention() {
        List<String> indexed = searches() ? List.of() : List.of(sets());
        List<String> scripted = new ArrayList<>(
                List.of(streams(), keys.ledger(), keys.behind(), leases(), cold(), keys.retention(), keys.probe()));
        scripted.addAll(List.of(keys.gone(), keys.prunings(), keys.holds(), keys.originals()));
        scripted.addAll(List.of(documents(), payloads(), summaries(), ids()));
        List<Rule> rules = new ArrayList<>(List.of(
                keyless("SCRIPT|LOAD return", "TIME"),
                both(
                        Stream.concat(scripted.stream(), indexed.stream()).toList(),
                        "EVALSHA 0000000000000000000000000000000000000000 1 KEY"),
                read(List.of(leases()), "HMGET KEY f"),
                write(List.of(leases()), "HSET KEY f v"),
                read(List.of(keys.behind()), "HLEN KEY"),
                write(List.of(keys.behind()), "HSETNX KEY f v"),
                write(List.of(streams()), "XTRIM KEY MAXLEN 0", "UNLINK KEY"),
                read(List.of(streams()), "XRANGE KEY - +", "XREVRANGE KEY + -"),
                read(List.of(keys.global()), "XLEN KEY", "XPENDING KEY g", "XINFO|GROUPS KEY"),
                read(List.of(keys.ledger()), "HGET KEY f"),
                write(List.of(keys.ledger()), "HSET KEY f v", "HSETNX KEY f v"),
                both(List.of(cold()), "SETRANGE KEY 0 v", "GETRANGE KEY 0 0", "STRLEN KEY", "UNLINK KEY"),
                read(List.of(keys.sessions()), "ZCARD KEY", "ZRANGE KEY 0 0"),
                read(List.of(streams(), documents(), payloads(), summaries(), cold()), "MEMORY|USAGE KEY"),
                read(List.of(keys.retention()), "HGETALL KEY"),
                write(List.of(keys.retention()), "HSET KEY f v", "HDEL KEY f")));
        rules.addAll(secondLock());
        rules.addAll(pruning());
        rules.addAll(events());
        rules.addAll(search(both(List.of(keys.indexes() + "*"), "FT.DROPINDEX KEY"), keyless("FT.DROPINDEX i")));
        rules.add(
                searches()
                        ? both(List.of(documents()), "JSON.GET KEY", "JSON.SET KEY $ 1")
                        : both(List.of(sets()), "ZCARD KEY", "ZADD KEY 1 m", "ZREM KEY m"));
        return rules;
    }

    /** To try what Redis keeps by itself, and to have it do so. */
    private List<Rule> secondLock() {
        return List.of(
                write(List.of(keys.global()), "XGROUP|CREATE KEY g 0", "XGROUP|DESTROY KEY g"),
                both(
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
                read(List.of(keys.prunings()), "HLEN KEY", "HGET KEY f"),
                write(List.of(keys.prunings()), "HSET KEY f v"),
                read(List.of(keys.gone()), "ZCARD KEY", "ZRANGE KEY 0 0"),
                write(List.of(keys.gone()), "ZADD KEY 1 m", "ZREM KEY m"),
                read(List.of(keys.holds()), "HEXISTS KEY f", "HGETALL KEY"),
                write(List.of(keys.holds()), "HSET KEY f v", "HDEL KEY f"),
                both(List.of(keys.ledger()), "HINCRBY KEY f 1"),
                write(List.of(keys.ledger()), "HDEL KEY f"),
                read(List.of(summaries()), "HMGET KEY f", "HKEYS KEY"),
                write(List.of(summaries()), "HSET KEY f v", "HDEL KEY f"),
                read(List.of(ids()), "BITCOUNT KEY", "STRLEN KEY"),
                write(List.of(ids()), "SETRANGE KEY 0 v", "UNLINK KEY"),
                read(List.of(keys.originals()), "HLEN KEY"),
                write(List.of(keys.originals()), "HDEL KEY f", "HSET KEY f v"),
                read(List.of(documents(), payloads()), "EXISTS KEY"),
                write(List.of(documents(), payloads()), "UNLINK KEY"),
                write(searches() ? List.of(payloads()) : List.of(documents(), payloads()), "SET KEY v"));
    }

    /** To make and change access keys. */
    private List<Rule> makeKeys() {
        return List.of(
                keyless("SCRIPT|LOAD return"),
                both(List.of(keys.accessKeys()), "EVALSHA 0000000000000000000000000000000000000000 1 KEY"),
                read(List.of(keys.accessKeys()), "HGET KEY f"),
                write(List.of(keys.accessKeys()), "HSET KEY f v"));
    }

    /** One key of each kind; where there is a search index, also its names. */
    List<String> samples() {
        List<String> patterns = new ArrayList<>(declared());
        patterns.addAll(List.of(keys.barrier(), keys.global(), keys.parked(), keys.parkedByGroup(), keys.dropped()));
        patterns.addAll(List.of(keys.operations(), keys.operationLock("*")));
        patterns.addAll(List.of(keys.behind(), keys.feed("*"), leases(), cold(), keys.probe()));
        patterns.addAll(List.of(keys.prunings(), keys.holds()));
        patterns.addAll(List.of(keys.accessKeys(), keys.accessUses(), keys.retention()));
        if (searches()) {
            patterns.addAll(aliasAndNames());
        }
        return patterns.stream().map(AccessRules::sample).toList();
    }

    /** A key that a pattern covers. */
    static String sample(String pattern) {
        return pattern.endsWith("*") ? pattern.substring(0, pattern.length() - 1) + "any" : pattern;
    }

    /** The keys that callers of the append script name. */
    List<String> declared() {
        List<String> patterns = new ArrayList<>(List.of(
                streams(),
                keys.ledger(),
                keys.sessions(),
                keys.types(),
                keys.originals(),
                keys.gone(),
                documents(),
                summaries(),
                payloads(),
                ids()));
        if (!searches()) {
            patterns.add(sets());
        }
        return patterns;
    }

    private String streams() {
        return keys.stream(new SessionId("*"));
    }

    private String summaries() {
        return keys.session(new SessionId("*"));
    }

    private List<String> indexNames() {
        return List.of(SearchIndex.name(keys), SearchIndex.windowName(keys));
    }

    private List<String> aliasAndNames() {
        return Stream.concat(Stream.of(keys.index()), indexNames().stream()).toList();
    }

    String documents() {
        return keys.documents() + "*";
    }

    private String payloads() {
        return keys.prefix() + "payload:*";
    }

    String rounds() {
        return keys.round("*");
    }

    private String leases() {
        return keys.lease("*");
    }

    String cold() {
        return keys.cold(new SessionId("*"));
    }

    private String ids() {
        return keys.prefix() + "ids:*";
    }

    private String sets() {
        return keys.prefix() + "by:*";
    }
}
