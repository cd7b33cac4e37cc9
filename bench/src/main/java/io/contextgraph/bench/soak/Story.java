// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * The events of a soak: the number of an event determines it wholly, so that nobody must remember what was sent.
 *
 * <p><b>Shape.</b> {@value #SIDE_BY_SIDE} sessions of {@value #SESSION_LENGTH} events at a time, one trace for
 * {@value #TRACE_LENGTH} events, most caused by an earlier one.
 *
 * @param begin when the first one happens
 * @param perSecond how many happen in a second
 */
record Story(Instant begin, int perSecond) {
    static final int SESSION_LENGTH = 100;
    static final int SIDE_BY_SIDE = 4;
    static final int TRACE_LENGTH = 20;
    static final int AGENTS = 20;
    static final int TOOLS = 8;
    static final List<String> TYPES =
            List.of("tool.execute", "tool.execute.retry", "llm.chat", "observation.input", "agent.invoke");
    static final List<String> STATUSES = List.of("pending", "running", "completed", "failed", "timeout");

    private static final int BLOCK = SIDE_BY_SIDE * SESSION_LENGTH;
    private static final int FARTHEST_PARENT = 20;

    /** Events below this number fill sessions that have all of theirs. */
    static long whole(long numbers) {
        return numbers - numbers % BLOCK;
    }

    static String session(long number) {
        return "soak-" + number / BLOCK + "-" + number % SIDE_BY_SIDE;
    }

    static String trace(long number) {
        return "trace-" + number / TRACE_LENGTH;
    }

    static String id(long number) {
        return new UUID(mix(number * 31 + 11), mix(number ^ 0x50A7L) | 0x8000000000000000L).toString();
    }

    Instant at(long number) {
        return begin.plusMillis(number * 1000 / perSecond);
    }

    ObjectNode event(long number) {
        SplittableRandom random = new SplittableRandom(mix(number));
        Instant at = at(number);
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put(EventFields.EVENT_ID, id(number))
                .put(EventFields.EVENT_TYPE, one(TYPES, random))
                .put(EventFields.OCCURRED_AT, Times.format(at))
                .put(EventFields.SESSION_ID, session(number))
                .put(EventFields.AGENT_ID, "agent-" + random.nextInt(AGENTS))
                .put(EventFields.TRACE_ID, trace(number));
        if (random.nextBoolean()) {
            json.put(EventFields.TOOL_NAME, "tool-" + random.nextInt(TOOLS));
        }
        if (random.nextBoolean()) {
            json.put(EventFields.STATUS, one(STATUSES, random))
                    .put(EventFields.ENDED_AT, Times.format(at.plusMillis(random.nextInt(500))));
        }
        if (number > 0 && random.nextInt(3) > 0) {
            long back = 1 + random.nextLong(Math.min(FARTHEST_PARENT, number));
            json.put(EventFields.PARENT_EVENT_ID, id(number - back));
        }
        if (random.nextBoolean()) {
            json.put(EventFields.IMPORTANCE_HINT, 1 + random.nextInt(10));
        }
        int size = random.nextInt(200);
        if (size < 80) {
            json.put(EventFields.PAYLOAD_REF, "s3://agents/" + number);
        } else {
            // Some are compressed, a few are larger than a packet.
            json.set(EventFields.PAYLOAD, payload(number, size < 180 ? 5 : size < 198 ? 200 : 4000, random));
        }
        return json;
    }

    private static ObjectNode payload(long number, int words, SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(Long.toString(random.nextInt(100_000), 36)).append(' ');
        }
        return Json.MAPPER.createObjectNode().put("number", number).put("text", text.toString());
    }

    /** Another event under the same id. */
    ObjectNode conflicting(long number) {
        return event(number).put(EventFields.EVENT_TYPE, "conflict.of");
    }

    /** An event that breaks a rule, another one each time. */
    ObjectNode invalid(SplittableRandom random) {
        ObjectNode json = event(0).put(EventFields.EVENT_ID, UUID.randomUUID().toString());
        switch (random.nextInt(4)) {
            case 0 -> json.put(EventFields.STATUS, "done");
            case 1 -> json.put("sesion_id", "x");
            case 2 -> json.remove(EventFields.AGENT_ID);
            default -> json.put(EventFields.OCCURRED_AT, "yesterday");
        }
        return json;
    }

    private static String one(List<String> choices, SplittableRandom random) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
