// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
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
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What one Redis server is and can do, as it said when it was asked.
 *
 * @param release what it is
 * @param engine the engine that this ledger uses there
 * @param search its module Search, where it has one
 * @param info the fields of {@code INFO}; of a module its version as {@code module_} and its name
 * @param settings those of its settings that matter here and that it shows, by name
 * @param waitAof whether it can confirm that a write is on disk
 */
public record ServerFacts(
        Release release,
        Engine engine,
        Optional<SearchModule> search,
        Map<String, String> info,
        Map<String, String> settings,
        WaitAof waitAof) {
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

    private static final Pattern REPLICA = Pattern.compile("slave\\d+");
    private static final Pattern MODULE = Pattern.compile("module:name=([^,]+),ver=(\\d+).*");

    /**
     * Asks the server.
     *
     * @throws LedgerException when it does not answer, or cannot do what the settings or the ledger ask for
     */
    public static ServerFacts probe(Redis redis, Keys keys, Optional<Engine> wished) {
        return redis.pipelined(p -> {
            Response<Object> info = p.sendCommand(Protocol.Command.INFO, "default");
            Response<Object> commands =
                    p.sendCommand(Protocol.Command.COMMAND, "INFO", "JSON.SET", "FT.SEARCH", "WAITAOF");
            Response<Object> shown = p.sendCommand(
                    Protocol.Command.CONFIG,
                    Stream.concat(Stream.of("GET"), SETTINGS.stream()).toArray(String[]::new));
            Response<List<String>> written =
                    p.hmget(keys.ledger(), "engine", "format", LedgerHeader.PARTITION, LedgerHeader.PARTITIONS);
            return () -> {
                Map<String, String> fields = parse(Keys.text((byte[]) info.get()));
                List<?> known = (List<?>) commands.get();
                boolean canSearch = isKnown(known.get(0)) && isKnown(known.get(1));
                Optional<String> writtenBy = Optional.ofNullable(written.get().get(0));
                if (writtenBy.isPresent()) {
                    requireFormat(written.get().get(1));
                    LedgerHeader.requireWhole(
                            written.get().get(2), written.get().get(3));
                }
                Engine engine = choose(wished, writtenBy, canSearch);
                Release release = Release.of(fields);
                Map<String, String> settings = settings(shown);
                return new ServerFacts(
                        release,
                        engine,
                        search(known.get(1), fields),
                        fields,
                        settings,
                        WaitAof.of(isKnown(known.get(2)), release, Optional.ofNullable(settings.get("appendfsync"))));
            };
        });
    }

    private static Map<String, String> settings(Response<Object> shown) {
        try {
            Map<String, String> settings = new HashMap<>();
            Replies.map(shown.get()).forEach((name, value) -> settings.put(name, Replies.text(value)));
            return settings;
        } catch (JedisDataException hidden) {
            // Managed services keep their settings to themselves.
            return Map.of();
        }
    }

    private static Optional<SearchModule> search(@Nullable Object command, Map<String, String> info) {
        if (!(command instanceof List<?> description) || description.isEmpty()) {
            return Optional.empty();
        }
        long firstKey = (Long) description.get(FIRST_KEY);
        Optional<String> version = Optional.ofNullable(info.get("module_search"))
                .map(number -> SearchModule.version(Long.parseLong(number)));
        return Optional.of(new SearchModule(
                version.orElse("unknown"), firstKey == 0 ? SearchGeneration.EIGHT : SearchGeneration.TWO));
    }

    public static void requireFormat(@Nullable String written) {
        if (!FORMAT.equals(written)) {
            throw RedisErrors.corrupt("the ledger was written in storage format " + (written == null ? "1" : written)
                    + ", this version reads format " + FORMAT
                    + ": export it with the version that wrote it (contextgraph export), and import the file into an empty"
                    + " Redis or under another prefix");
        }
    }

    /** Where the description of a command says at which argument its keys begin. */
    private static final int FIRST_KEY = 3;

    private static boolean isKnown(@Nullable Object command) {
        return command instanceof List<?> description && !description.isEmpty();
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
        String text = info.get(name);
        return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }

    /** How the last write, rewrite and snapshot of its files went, as far as it says: {@code ok} or not. */
    public Map<String, String> persistenceStatuses() {
        return Stream.of("aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status")
                .filter(info::containsKey)
                .collect(Collectors.toMap(name -> name, this::field));
    }

    /** Replicas that have all they need to follow; one that is being filled does not count. */
    public int onlineReplicas() {
        return (int) info.entrySet().stream()
                .filter(field -> REPLICA.matcher(field.getKey()).matches())
                .filter(field -> field.getValue().contains("state=online"))
                .count();
    }

    public boolean appendOnly() {
        return "1".equals(info.get("aof_enabled"));
    }

    public boolean canWaitForDisk() {
        return waitAof == WaitAof.TRUSTED && appendOnly();
    }

    /** What the rules of its users must fit. */
    public Set<SearchGeneration> generations() {
        return search.map(module -> Set.of(module.generation())).orElse(Set.of());
    }
}
