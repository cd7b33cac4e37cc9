// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Payload;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;

/** Events for tests: the same ones every time. */
public final class Events {
    /** Names that a careless query or key would trip over; all of them are allowed. */
    public static final List<String> HOSTILE_NAMES = List.of(
            "a|b",
            "{}",
            "{a}:b",
            "\"quoted\"",
            "it's",
            "*",
            "star*",
            "back\\slash",
            "back\\",
            "a,b;c",
            "@session_id:{x}",
            "(a)",
            "[b]",
            "-minus-",
            "$dollar",
            "%25~!^&+=",
            "a:b",
            "sess-1",
            "SESS-1",
            " ",
            " leading",
            "trailing ",
            "two  spaces",
            "the",
            "é",
            "e\u0301",
            "日本語",
            "\uD83D\uDE00",
            "a\u00a0b",
            "\u200b",
            "_one",
            "global__",
            "x".repeat(255),
            "\uD83D\uDE00".repeat(255));

    /** A time to count from. */
    public static final Instant BASE = Instant.parse("2026-01-31T12:00:00.000Z");

    private Events() {}

    /** The id with number {@code n}. */
    public static EventId id(long n) {
        return new EventId(new UUID(0x0123_4567_89ab_4000L, 0x8000_0000_0000_0000L | n));
    }

    /** A builder of event {@code n} of a session, one second after the one before. */
    public static Event.Builder builder(long n, String session) {
        return Event.builder(id(n), new EventType("tool.execute"), BASE.plusSeconds(n), new SessionId(session))
                .agentId("agent-1")
                .traceId("trace-1")
                .payloadRef("s3://bucket/" + n);
    }

    /** Event {@code n} of a session, with nothing optional. */
    public static Event event(long n, String session) {
        return builder(n, session).build();
    }

    /** Event {@code n} with every optional field that a ledger takes. */
    public static Event full(long n, String session) {
        return fullBuilder(n, session).build();
    }

    /** Events {@code from} to {@code to} with every optional field, of three sessions in turn, to be appended. */
    public static List<Append> appends(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(n -> Append.of(full(n, "session-" + n % 3)))
                .toList();
    }

    /** Event {@code n} with every optional field: about a person, in plain, so that no ledger takes it. */
    public static Event personal(long n, String session) {
        return fullBuilder(n, session).dataSubjectId("subject-1").build();
    }

    /** The pseudonym of person {@code n}. */
    public static SubjectPseudonym pseudonym(int n) {
        return new SubjectPseudonym("p1_" + "%032x".formatted(n));
    }

    /** The payload of event {@code n}, as if sealed for a person by the key of a generation. */
    public static Payload sealed(long n, SubjectPseudonym person, int generation) {
        byte[] ciphertext = new byte[40 + (int) (n % 7)];
        new Random(n).nextBytes(ciphertext);
        return new Payload("{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"" + person + "." + generation
                + "\",\"ciphertext\":\"" + Base64.getEncoder().encodeToString(ciphertext) + "\"}");
    }

    /** Event {@code n} about a person, as a ledger takes it: with every optional field, sealed by the key of a generation. */
    public static Event about(long n, String session, int person, int generation) {
        return fullBuilder(n, session)
                .payloadRef(null)
                .dataSubjectId(pseudonym(person).value())
                .payload(sealed(n, pseudonym(person), generation))
                .build();
    }

    private static Event.Builder fullBuilder(long n, String session) {
        return builder(n, session)
                .toolName("search")
                .parentId(id(n + 1_000_000))
                .endedAt(BASE.plusSeconds(n).plusMillis(1500))
                .status(EventStatus.FAILED)
                .schemaVersion(3)
                .importanceHint(7)
                .payload(new Payload("{\"text\":\"a \\\"quoted\\\" word\",\"n\":1.50}"));
    }

    /** Many events that share sessions, agents, times and everything else in all combinations, by a fixed seed. */
    public static List<Event> mixed(int count) {
        Random random = new Random(20260131);
        List<String> types =
                List.of("tool.execute", "tool.execute.retry", "toolbox.open", "model.call", "tool.x_y", "agent.start");
        List<Event> events = new ArrayList<>();
        for (int n = 1; n <= count; n++) {
            Event.Builder builder = Event.builder(
                            id(n),
                            new EventType(types.get(random.nextInt(types.size()))),
                            BASE.plusMillis(random.nextInt(count / 3 + 1)),
                            new SessionId("session-" + random.nextInt(4)))
                    .agentId("agent-" + random.nextInt(3))
                    .traceId("trace-" + random.nextInt(5))
                    .payloadRef("ref-" + n);
            if (random.nextBoolean()) {
                builder.toolName("tool-" + random.nextInt(3));
            }
            if (random.nextBoolean()) {
                List<EventStatus> statuses = List.of(EventStatus.values());
                builder.status(statuses.get(random.nextInt(statuses.size())));
            }
            if (random.nextBoolean()) {
                builder.importanceHint(1 + random.nextInt(10));
            }
            if (n > 1 && random.nextBoolean()) {
                builder.parentId(id(1 + random.nextInt(Math.min(n - 1, 5))));
            }
            if (random.nextInt(4) == 0) {
                builder.payload(new Payload("{\"n\":" + n + "}"));
            }
            events.add(builder.build());
        }
        return events;
    }
}
