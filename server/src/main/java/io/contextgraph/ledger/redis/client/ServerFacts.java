// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;

/**
 * What one Redis server is and can do, as it said when it was asked.
 *
 * @param release what it is
 * @param engine the engine that this ledger uses there
 * @param search its module Search, where it has one
 * @param info the fields of {@code INFO}, and those that it hides as far as {@code HELLO} and {@code CONFIG} have them; of a
 *     module its version as {@code module_} and its name
 * @param settings those of its settings that matter here and that it shows, by name
 * @param waitAof whether it can confirm that a write is on disk
 * @param unseen what it keeps to itself
 */
public record ServerFacts(
        Release release,
        Engine engine,
        Optional<SearchModule> search,
        Map<String, String> info,
        Map<String, String> settings,
        WaitAof waitAof,
        Set<Unseen> unseen) {
    /** How events are stored; the append script has the same number. */
    public static final String FORMAT = "3";

    /** What is asked of its settings. */
    private static final List<String> SETTINGS = List.of(
            "appendfsync",
            "aof-load-truncated",
            "aof-use-rdb-preamble",
            "no-appendfsync-on-rewrite",
            "save",
            "stop-writes-on-bgsave-error");

    /** The settings that {@code INFO} has fields for, with their names there. */
    private static final Map<String, String> IN_INFO =
            Map.of("appendonly", "aof_enabled", "maxmemory-policy", "maxmemory_policy");

    private static final String[] NOTHING = {};

    private static final String APPEND_ONLY = "aof_enabled";

    private static final List<String> STATUSES =
            List.of("aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
    private static final Pattern MODULE = Pattern.compile("module:name=([^,]+),ver=(\\d+).*");

    /**
     * Asks the server. What it hides is not known then, and no reason to fail.
     *
     * @throws LedgerException when it does not answer, or cannot do what the settings or the ledger ask for
     */
    public static ServerFacts probe(Redis redis, Keys keys, Optional<Engine> wished) {
        Answers answers = redis.pipelined(p -> {
            Response<Object> hello = p.sendCommand(Protocol.Command.HELLO, NOTHING);
            Response<Object> info = p.sendCommand(Protocol.Command.INFO, NOTHING);
            Response<Object> commands = p.sendCommand(
                    Protocol.Command.COMMAND,
                    Stream.concat(Stream.of("INFO"), KnownCommands.ASKED.stream())
                            .toArray(String[]::new));
            Response<Object> shown = p.sendCommand(
                    Protocol.Command.CONFIG,
                    Stream.of(Stream.of("GET"), SETTINGS.stream(), IN_INFO.keySet().stream())
                            .flatMap(names -> names)
                            .toArray(String[]::new));
            Response<List<String>> written = p.hmget(
                    keys.ledger(),
                    "engine",
                    "format",
                    LedgerHeader.PARTITION,
                    LedgerHeader.PARTITIONS,
                    LedgerHeader.LEDGER_ID);
            return () -> new Answers(
                    Shown.of(hello).map(Replies::map).orElse(Map.of()),
                    fields(info),
                    Shown.of(commands).flatMap(KnownCommands::shown),
                    settings(shown),
                    written.get(),
                    keys.share());
        });
        return answers.facts(answers.commands.orElseGet(() -> KnownCommands.tried(redis)), wished);
    }

    /**
     * What the server said.
     *
     * @param commands empty where it does not tell which it has
     * @param ledger what stands at the head of the ledger
     * @param share which part of a ledger it must be
     */
    private record Answers(
            Map<String, Object> hello,
            Map<String, String> info,
            Optional<KnownCommands> commands,
            Map<String, String> settings,
            List<String> ledger,
            LedgerHeader.Share share) {
        ServerFacts facts(KnownCommands known, Optional<Engine> wished) {
            Optional<String> writtenBy = Optional.ofNullable(ledger.getFirst());
            if (writtenBy.isPresent()) {
                requireFormat(ledger.get(1));
                share.require(ledger.get(4), ledger.get(2), ledger.get(3));
            }
            Engine engine = choose(wished, writtenBy, known.canSearch());
            return ServerFacts.of(engine, known, fields(), settings);
        }

        private Map<String, String> fields() {
            Map<String, String> fields = new HashMap<>(Greeting.fields(hello));
            IN_INFO.forEach((setting, field) ->
                    Optional.ofNullable(settings.get(setting)).ifPresent(value -> fields.put(field, field(value))));
            fields.putAll(info);
            return fields;
        }

        private static String field(String setting) {
            return switch (setting) {
                case "yes" -> "1";
                case "no" -> "0";
                default -> setting;
            };
        }
    }

    /**
     * What follows from the answers of a server.
     *
     * @param info fields as {@code INFO} has them
     */
    static ServerFacts of(Engine engine, KnownCommands known, Map<String, String> info, Map<String, String> settings) {
        Release release = Release.of(info);
        Optional<String> appendFsync = Optional.ofNullable(settings.get("appendfsync"));
        return new ServerFacts(
                release,
                engine,
                known.search(release, info),
                info,
                settings,
                WaitAof.of(known.waitAof(), release, appendFsync),
                unseen(info, settings));
    }

    private static Set<Unseen> unseen(Map<String, String> info, Map<String, String> settings) {
        Map<Unseen, Boolean> seen = new EnumMap<>(Unseen.class);
        seen.put(Unseen.VERSION, !Release.of(info).isUnknown());
        seen.put(Unseen.ROLE, info.containsKey("role"));
        seen.put(Unseen.APPEND_ONLY, info.containsKey(APPEND_ONLY));
        seen.put(Unseen.FILES, info.keySet().containsAll(STATUSES));
        seen.put(Unseen.APPENDFSYNC, settings.containsKey("appendfsync"));
        seen.put(Unseen.SETTINGS, settings.keySet().containsAll(SETTINGS));
        seen.put(Unseen.REPLICAS, info.containsKey("connected_slaves"));
        seen.put(Unseen.MEMORY, MemoryUse.of(info).isPresent());
        seen.put(Unseen.EVICTION, info.containsKey("maxmemory_policy"));
        return seen.entrySet().stream()
                .filter(entry -> !entry.getValue())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The same, with what the user that appends was told when it asked. */
    public ServerFacts with(AppenderView view) {
        Map<String, String> fields = new HashMap<>(info);
        view.appendOnly().ifPresent(on -> fields.putIfAbsent(APPEND_ONLY, on ? "1" : "0"));
        return new ServerFacts(
                release,
                engine,
                search,
                fields,
                settings,
                waitAof == WaitAof.MISSING ? waitAof : view.waitAof().orElse(waitAof),
                Stream.concat(unseen(fields, settings).stream(), view.unseen().stream())
                        .collect(Collectors.toUnmodifiableSet()));
    }

    private static Map<String, String> settings(Response<Object> shown) {
        Map<String, String> settings = new HashMap<>();
        Shown.of(shown)
                .map(Replies::map)
                .orElse(Map.of())
                .forEach((name, value) -> settings.put(name, Replies.text(value)));
        return settings;
    }

    /** What a section of {@code INFO} tells; empty where the server hides it. */
    static Map<String, String> fields(Response<Object> info) {
        return Shown.of(info).map(text -> parse(Replies.text(text))).orElse(Map.of());
    }

    /** @throws LedgerException when this version does not read the format, with what to do instead */
    public static void requireFormat(@Nullable String written) {
        if (!FORMAT.equals(written)) {
            throw RedisErrors.corrupt("the ledger was written in storage format " + (written == null ? "1" : written)
                    + ", this version reads format " + FORMAT + ": "
                    + (isNewer(written)
                            ? "a newer version has written it; run that one, or set redis.prefix to another ledger"
                            : "export it with the version that wrote it (contextgraph export), and import the file into an"
                                    + " empty Redis or under another prefix"));
        }
    }

    private static boolean isNewer(@Nullable String written) {
        return written != null && NUMBER.matcher(written).matches() && Long.parseLong(written) > Long.parseLong(FORMAT);
    }

    private static Engine choose(Optional<Engine> wished, Optional<String> written, boolean canSearch) {
        Optional<Engine> bound = written.map(name -> Engine.parse(name)
                .orElseThrow(() -> RedisErrors.corrupt("the ledger was written by an unknown engine: " + name)));
        if (wished.isPresent() && bound.isPresent() && wished.get() != bound.get()) {
            throw new LedgerException(
                    Reason.CORRUPT,
                    "the ledger was written by engine " + bound.get().configName() + ", the settings ask for "
                            + wished.get().configName());
        }
        Engine engine = wished.or(() -> bound).orElse(canSearch ? Engine.SEARCH : Engine.SORTED_SET);
        if (engine == Engine.SEARCH && !canSearch) {
            throw new LedgerException(
                    Reason.UNAVAILABLE, "engine search needs the JSON and Search modules, which this Redis lacks");
        }
        return engine;
    }

    public static Map<String, String> parse(String info) {
        return info.lines()
                .filter(line -> !line.startsWith("#") && line.contains(":"))
                .map(line -> MODULE.matcher(line).replaceFirst("module_$1:$2"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(':')),
                        line -> line.substring(line.indexOf(':') + 1),
                        (first, second) -> first));
    }

    public String field(String name) {
        return info.getOrDefault(name, "unknown");
    }

    public OptionalLong number(String name) {
        return number(info, name);
    }

    /** A number that is shown as one. */
    public static OptionalLong number(Map<String, String> info, String name) {
        String text = info.getOrDefault(name, "");
        return NUMBER.matcher(text).matches() ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    /** How the last write, rewrite and snapshot of its files went, as far as it says: {@code ok} or not. */
    public Map<String, String> persistenceStatuses() {
        return STATUSES.stream().filter(info::containsKey).collect(Collectors.toMap(name -> name, this::field));
    }

    public boolean appendOnly() {
        return "1".equals(info.get(APPEND_ONLY));
    }

    public boolean canWaitForDisk() {
        return waitAof == WaitAof.TRUSTED && appendOnly();
    }

    /** What the rules of its users must fit. */
    public Set<SearchGeneration> generations() {
        return search.map(module -> Set.of(module.generation())).orElse(Set.of());
    }
}
