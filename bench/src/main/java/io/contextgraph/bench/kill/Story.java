// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.load.SpanEvents;
import io.contextgraph.event.ContentHash;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Payload;
import io.contextgraph.event.SessionId;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.LongStream;

/**
 * The events of one round: the number of an event, and the seed, determine it wholly, so that nobody must remember
 * what was sent.
 *
 * @param seed keeps rounds apart
 * @param begin times lie within seconds of it, in no order and with many ties
 * @param spans what exporters send; the same in each round
 */
record Story(long seed, Instant begin, SpanEvents spans) {
    /** Numbers of one writer. */
    static final long PER_WRITER = 10_000_000;

    /** The numbers from here on are those of events that exporters send as spans. */
    private static final long EXPORTED = 1L << 40;

    private static final long PER_TRACE = 1000;

    static final int SHARED_SESSIONS = 3;
    private static final List<String> TYPES =
            List.of("tool.execute", "tool.execute.retry", "llm.chat", "observation.input", "agent.invoke");

    Story(long seed, Instant begin) {
        this(seed, begin, new SpanEvents());
    }

    static SessionId sharedSession(int number) {
        return new SessionId("shared-" + number);
    }

    /** Of one writer alone. */
    static SessionId ownSession(long writer) {
        return new SessionId("writer-" + writer);
    }

    /** The numbers of the events that become of a trace, in their order. */
    List<Long> exported(long trace) {
        return LongStream.range(0, spans.events(trace).size())
                .mapToObj(index -> EXPORTED + trace * PER_TRACE + index)
                .toList();
    }

    private Event span(long number) {
        return spans.events((number - EXPORTED) / PER_TRACE).get((int) ((number - EXPORTED) % PER_TRACE));
    }

    EventId id(long number) {
        if (number >= EXPORTED) {
            return span(number).id();
        }
        return new EventId(new UUID(mix(seed * 31 + number), mix(number ^ seed) | 0x8000000000000000L));
    }

    Event event(long number) {
        if (number >= EXPORTED) {
            return span(number);
        }
        SplittableRandom random = new SplittableRandom(mix(seed ^ (number * 0x9E3779B97F4A7C15L)));
        long writer = number / PER_WRITER;
        SessionId session = switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> sharedSession(random.nextInt(SHARED_SESSIONS));
            case 4 -> new SessionId("short-" + number / 20);
            default -> ownSession(writer);
        };
        Instant at = begin.plusMillis(random.nextInt(4000));
        Event.Builder event = Event.builder(id(number), new EventType(one(TYPES, random)), at, session)
                .agentId("agent-" + random.nextInt(5))
                .traceId("trace-" + number / 10);
        if (random.nextBoolean()) {
            event.toolName("tool-" + random.nextInt(4));
        }
        if (random.nextBoolean()) {
            event.status(one(List.of(EventStatus.values()), random)).endedAt(at.plusMillis(random.nextInt(500)));
        }
        if (number % PER_WRITER > 0 && random.nextInt(3) > 0) {
            event.parentId(id(number - 1 - random.nextInt((int) Math.min(20, number % PER_WRITER))));
        }
        if (random.nextBoolean()) {
            event.importanceHint(1 + random.nextInt(10));
        }
        int size = random.nextInt(100);
        if (size < 40) {
            event.payloadRef("s3://agents/" + number);
        } else {
            // Some are compressed, a few are larger than a packet.
            event.payload(payload(number, size < 90 ? 5 : size < 98 ? 200 : 4000, random));
        }
        return event.build();
    }

    /** Another event under the same id. */
    Event conflicting(long number) {
        Event event = event(number);
        return Event.builder(event.id(), new EventType("conflict.of"), event.occurredAt(), event.sessionId())
                .payloadRef("conflict://" + number)
                .build();
    }

    ContentHash hash(long number) {
        return EventJson.hash(event(number));
    }

    private static Payload payload(long number, int words, SplittableRandom random) {
        StringBuilder text = new StringBuilder("{\"number\":" + number + ",\"text\":\"");
        for (int i = 0; i < words; i++) {
            text.append(Long.toString(random.nextInt(100_000), 36)).append(' ');
        }
        return new Payload(text.append("\"}").toString());
    }

    private static <T> T one(List<T> choices, SplittableRandom random) {
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
