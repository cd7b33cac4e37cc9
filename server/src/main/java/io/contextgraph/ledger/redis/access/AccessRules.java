// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.SearchGeneration;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ledger.redis.search.SealedIndex;
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
 * @param cluster whether nodes are asked which of them has the ledger
 */
public record AccessRules(Keys keys, Engine engine, Set<SearchGeneration> generations, boolean cluster) {
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
            "waitaof",
            "bgrewriteaof",
            "bgsave");

    /** Stands for a key in a command. */
    static final String KEY = "KEY";

    /** How a rule's keys may be used: the mark that Redis has for it. */
    enum Access {
        READ("%R~"),
        WRITE("%W~"),
        /** For commands whose description says that they read and write, whatever they do. */
        BOTH("~"),
        /** Channels in place of keys. */
        CHANNEL("&");

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

    /** Those that fit a server. */
    public static AccessRules of(RedisSettings settings, ServerFacts server) {
        return new AccessRules(
                settings.keys(),
                server.engine(),
                server.generations(),
                settings.cluster().on());
    }

    /** Outside of a cluster. */
    public AccessRules(Keys keys, Engine engine, Set<SearchGeneration> generations) {
        this(keys, engine, generations, false);
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

    static Rule channel(List<String> names, String... commands) {
        return new Rule(Access.CHANNEL, names, List.of(commands));
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
        if (cluster) {
            rules.add(keyless("CLUSTER|SHARDS"));
        }
        rules.addAll(
                switch (role) {
                    case OPERATOR -> operator();
                    case APPEND -> append();
                    case READ -> read();
                    case PROJECT -> new ProjectRules(this).all();
                    case RETENTION -> new RetentionRules(this).all();
                    case ERASE -> new EraseRules(this).all();
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
        rules.addAll(search(both(aliasAndNames(), "FT.INFO KEY"), read(List.of(documents(), sealed()), "FT.INFO i")));
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
                read(List.of(documents(), payloads(), sealed()), "EXISTS KEY"),
                read(searches() ? List.of(ids(), payloads()) : List.of(ids(), payloads(), sealed()), "STRLEN KEY"),
                read(List.of(ids()), "GETRANGE KEY 0 0"),
                write(List.of(ids()), "SETRANGE KEY 0 v"),
                read(List.of(keys.types()), "SCARD KEY"),
                write(List.of(keys.types()), "SADD KEY m"),
                read(List.of(keys.gone()), "ZCARD KEY", "ZMSCORE KEY m"),
                read(List.of(keys.sessions()), "ZCARD KEY", "ZSCORE KEY m"),
                write(List.of(keys.sessions()), "ZADD KEY 1 m"),
                write(List.of(payloads(), keys.barrier(), rounds()), "SET KEY v"),
                read(List.of(rounds(), fences()), "GET KEY")));
        if (searches()) {
            rules.add(both(List.of(documents(), sealed()), "JSON.GET KEY", "JSON.MSET KEY $ 1"));
        } else {
            rules.add(read(List.of(documents()), "GET KEY"));
            rules.add(write(List.of(documents(), sealed()), "MSET KEY v"));
            rules.add(read(List.of(sets(), subjects()), "ZCARD KEY"));
            rules.add(write(List.of(sets(), subjects()), "ZADD KEY 1 m"));
        }
        return rules;
    }

    private List<Rule> read() {
        List<Rule> rules = new ArrayList<>(List.of(
                read(List.of(payloads()), "GET KEY", "MGET KEY"),
                read(List.of(fences(), erasures()), "GET KEY"),
                read(List.of(keys.openErasures()), "SMEMBERS KEY"),
                channel(List.of(keys.keyNews()), "SUBSCRIBE KEY"),
                searches() ? both(List.of(sealed()), "JSON.MGET KEY $") : read(List.of(sealed()), "MGET KEY"),
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
                both(List.of(keys.index(), keys.sealedIndex()), "FT.SEARCH KEY *", "FT.AGGREGATE KEY *", "FT.INFO KEY"),
                read(List.of(documents(), sealed()), "FT.SEARCH i *", "FT.AGGREGATE i *", "FT.INFO i")));
        if (searches()) {
            rules.add(read(List.of(streams()), "XRANGE KEY - +"));
        } else {
            rules.add(keyless("SCRIPT|LOAD return"));
            rules.add(read(
                    List.of(sets()),
                    "EVALSHA_RO 0000000000000000000000000000000000000000 1 KEY",
                    "ZCOUNT KEY 0 0",
                    "ZMSCORE KEY m",
                    "ZRANGE KEY 0 0"));
            rules.add(read(List.of(subjects()), "ZRANGE KEY 0 0", "ZCARD KEY"));
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
        patterns.addAll(List.of(keys.prunings(), keys.holds(), erasures(), keys.openErasures()));
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
                sealed(),
                fences(),
                ids()));
        if (!searches()) {
            patterns.add(sets());
            patterns.add(subjects());
        }
        return patterns;
    }

    String streams() {
        return keys.stream(new SessionId("*"));
    }

    String summaries() {
        return keys.session(new SessionId("*"));
    }

    private List<String> indexNames() {
        return List.of(SearchIndex.name(keys), SearchIndex.windowName(keys), SealedIndex.name(keys));
    }

    private List<String> aliasAndNames() {
        return Stream.concat(Stream.of(keys.index(), keys.sealedIndex()), indexNames().stream())
                .toList();
    }

    String documents() {
        return keys.documents() + "*";
    }

    String payloads() {
        return keys.prefix() + "payload:*";
    }

    String sealed() {
        return keys.sealed() + "*";
    }

    String fences() {
        return keys.fences() + "*";
    }

    String erasures() {
        return keys.erasures() + "*";
    }

    String subjects() {
        return keys.subjects() + "*";
    }

    String rounds() {
        return keys.round("*");
    }

    String leases() {
        return keys.lease("*");
    }

    String cold() {
        return keys.cold(new SessionId("*"));
    }

    String ids() {
        return keys.prefix() + "ids:*";
    }

    String sets() {
        return keys.prefix() + "by:*";
    }
}
