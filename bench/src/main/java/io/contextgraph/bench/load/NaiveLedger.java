// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The plainest event store on Redis with JSON and Search, for comparison: two streams, a document, an index of nine
 * fields and a set of known ids. It checks nothing, numbers nothing and keeps no directory of sessions.
 */
public final class NaiveLedger {
    private static final String INDEX = """
            FT.CREATE idx:events ON JSON PREFIX 1 evt: SCHEMA
            $.session_id AS session_id TAG CASESENSITIVE
            $.agent_id AS agent_id TAG CASESENSITIVE
            $.trace_id AS trace_id TAG CASESENSITIVE
            $.event_type AS event_type TAG CASESENSITIVE
            $.tool_name AS tool_name TAG CASESENSITIVE
            $.parent_event_id AS parent_event_id TAG CASESENSITIVE
            $.status AS status TAG CASESENSITIVE
            $.importance_hint AS importance_hint NUMERIC
            $.occurred_at_epoch_ms AS occurred_at_epoch_ms NUMERIC SORTABLE""";

    private NaiveLedger() {}

    /** Makes the index and loads the script; returns what to call it by. */
    public static String prepare(RawClient client) throws IOException {
        client.call(INDEX.split("\\s+"));
        return String.valueOf(client.call("SCRIPT", "LOAD", script()));
    }

    private static String script() throws IOException {
        try (InputStream in = NaiveLedger.class.getResourceAsStream("/io/contextgraph/bench/naive.lua")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The calls that append events 0 to {@code events - 1}. */
    public static List<byte[]> calls(String sha, int events, int eventsPerCall) {
        List<byte[]> calls = new ArrayList<>();
        for (int first = 0; first < events; first += eventsPerCall) {
            List<String> keys = new ArrayList<>(List.of("events:__global__", "dedup:events"));
            List<String> arguments = new ArrayList<>();
            for (long number = first; number < first + eventsPerCall; number++) {
                add(number, keys, arguments);
            }
            List<String> words = new ArrayList<>(List.of("EVALSHA", sha, Integer.toString(keys.size())));
            words.addAll(keys);
            words.addAll(arguments);
            calls.add(Resp.command(words.toArray(String[]::new)));
        }
        return calls;
    }

    private static void add(long number, List<String> keys, List<String> arguments) {
        JsonNode event = Json.MAPPER.readTree(Workload.json(number));
        keys.add("events:" + event.required(EventFields.SESSION_ID).stringValue());
        keys.add("evt:" + event.required(EventFields.EVENT_ID).stringValue());
        arguments.add(Integer.toString(2 * event.size()));
        event.properties()
                .forEach(field -> arguments.addAll(
                        List.of(field.getKey(), field.getValue().asString())));
        arguments.add(Workload.document(number));
        arguments.add(Long.toString(Workload.at(number).toEpochMilli()));
    }

    /** How many events an answer says to have taken. */
    public static int appended(@Nullable Object reply) {
        return (int) ((List<?>) Objects.requireNonNull(reply))
                .stream().filter(String.class::isInstance).count();
    }
}
