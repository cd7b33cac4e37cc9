// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Conflict;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendOutcome.Personal;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How every {@link EventLog} holds events about persons: under pseudonyms, and sealed. */
public abstract class SealedEventsContract extends LedgerContract<PartitionFixture> {
    private static String ciphered(String sealed, String rest) {
        String before = "\"ciphertext\":\"";
        return sealed.substring(0, sealed.indexOf(before) + before.length()) + rest;
    }

    /** Payloads that are not sealed for person 1. */
    public static List<String> notSealed() {
        String good = Events.sealed(1, Events.pseudonym(1), 3).json();
        String person = Events.pseudonym(1).value();
        List<String> bad = new ArrayList<>(List.of(
                "{}",
                "{\"text\":\"plain\"}",
                good + " ",
                good + "\n",
                good.replace("\":", "\": "),
                good.replace("{\"sealed\":1,", "{"),
                good.replace("\"sealed\":1", "\"sealed\":2"),
                good.replace("\"sealed\":1", "\"sealed\":\"1\""),
                good.replace("XAES-256-GCM", ""),
                good.replace("XAES-256-GCM", "X".repeat(41)),
                good.replace("XAES-256-GCM", "xaes"),
                good.replace("XAES-256-GCM", "XAES\",\"x\":\"Y"),
                good.replace(person, Events.pseudonym(2).value()),
                good.replace(person + ".3", person),
                good.replace(person + ".3", person + ".0"),
                good.replace(person + ".3", person + ".03"),
                good.replace(person + ".3", person + ".-3"),
                good.replace(person + ".3", person + ".1000000000"),
                good.replace(person + ".3", person + "0.3"),
                ciphered(good, "\"}"),
                ciphered(good, "=\"}"),
                ciphered(good, "====\"}"),
                ciphered(good, "A\"}"),
                ciphered(good, "AAAAA===\"}"),
                ciphered(good, "AA=A\"}"),
                ciphered(good, "AA-_\"}"),
                ciphered(good, "AAA\\u0041\"}"),
                ciphered(good, "AAA\u00e4\"}"),
                ciphered(good, "AAAA\",\"more\":1}")));
        assertThat(bad).doesNotContain(good);
        return bad;
    }

    @Test
    void whatIsSealedComesBackAsItCame() {
        Event sealed = Events.about(1, "session", 1, 3);
        Event plain = Events.full(2, "session");
        Appended outcome = (Appended) append(List.of(sealed, plain)).getFirst();

        RecordedEvent expected = new RecordedEvent(
                sealed, outcome.receipt().position(), 1, 1, outcome.receipt().recordedAt(), EventJson.hash(sealed));
        assertThat(sealed.payloadRef()).isEqualTo("payload:" + sealed.id());
        assertThat(another().log().find(sealed.id()).found()).contains(expected);
        RecordedEvent slim = slim(expected);
        assertThat(slim.event().dataSubjectId()).contains(Events.pseudonym(1).value());
        assertThat(ledger.order().read(0, 1)).containsExactly(slim);
        assertThat(ledger.log().whole(List.of(slim))).containsExactly(expected);
        assertThat(ledger.search()
                        .search(EventQuery.builder()
                                .order(EventQuery.Order.POSITION_ASC)
                                .limit(1)
                                .build())
                        .events())
                .containsExactly(slim);
        try (EventFeed.Consumer consumer =
                ledger.feed("group", Duration.ofMinutes(1)).open("consumer")) {
            assertThat(consumer.poll(1, Duration.ZERO)).containsExactly(new Delivery.Arrived(slim, 1));
        }
    }

    @Test
    void payloadsInPlainAndSealedOnesAreReadTogether() {
        List<Event> events = new ArrayList<>();
        Map<EventId, Payload> expected = new HashMap<>();
        for (int n = 1; n <= 700; n++) {
            Event event = switch (n % 3) {
                case 0 -> Events.about(n, "session-" + n % 5, n % 4, 1 + n % 2);
                case 1 -> Events.full(n, "session-" + n % 5);
                default -> Events.event(n, "session-" + n % 5);
            };
            events.add(event);
            event.payload().ifPresent(payload -> expected.put(event.id(), payload));
        }
        assertThat(append(events)).hasOnlyElementsOfType(Appended.class);
        List<EventId> ids = new ArrayList<>(events.stream().map(Event::id).toList());
        ids.add(Events.id(5000));
        assertThat(ledger.log().payloads(ids)).isEqualTo(expected);
        assertThat(ledger.log().whole(all())).extracting(RecordedEvent::event).containsExactlyElementsOf(events);
    }

    @Test
    void largeCiphertextsAndTheEndsOfTheirBoundsComeBack() {
        String sealed = Events.sealed(1, Events.pseudonym(1), 3).json();
        List<String> good = List.of(
                ciphered(sealed, "Ab+/".repeat(50_000) + "\"}"),
                ciphered(sealed, "AA==\"}"),
                ciphered(sealed, "AAA=\"}"),
                sealed.replace("XAES-256-GCM", "A".repeat(40)),
                sealed.replace("XAES-256-GCM", "-"),
                sealed.replace(Events.pseudonym(1) + ".3", Events.pseudonym(1) + ".999999999"));
        for (int n = 0; n < good.size(); n++) {
            Payload payload = new Payload(good.get(n));
            Event event = Events.about(n, "session", 1, 1).withPayload(Optional.of(payload));
            assertThat(append(event)).as(payload.json()).isInstanceOf(Appended.class);
            assertThat(ledger.log().payloads(List.of(event.id()))).isEqualTo(Map.of(event.id(), payload));
        }
    }

    @Test
    void theSameSealedAgainIsADuplicateAndSealedAnewAConflict() {
        Event event = Events.about(1, "session", 1, 3);
        Event anew = event.withPayload(Optional.of(Events.sealed(2, Events.pseudonym(1), 3)));
        Appended first = (Appended) append(event);
        assertThat(append(List.of(event, anew, Events.about(2, "session", 2, 1))))
                .satisfiesExactly(
                        outcome -> assertThat(outcome).isEqualTo(new Duplicate(event.id(), first.receipt())),
                        outcome -> assertThat(outcome)
                                .isEqualTo(new Conflict(event.id(), EventJson.hash(event), EventJson.hash(anew))),
                        outcome -> assertThat(outcome).isInstanceOf(Appended.class));
        assertThat(ledger.order().head().seq()).isEqualTo(2);
    }

    @Test
    void whatIsNotSealedForItsSubjectIsRefusedAloneAndNothingOfItIsWritten() {
        List<Event> wrong = new ArrayList<>();
        for (String payload : notSealed()) {
            wrong.add(Events.about(wrong.size() + 1L, "of a person", 1, 3)
                    .withPayload(Optional.of(new Payload(payload))));
        }
        wrong.add(Events.about(100, "of a person", 1, 3).withPayload(Optional.empty()));
        for (String subject : List.of(
                "jane",
                "p1_",
                "p0_" + "0".repeat(32),
                "p01_" + "0".repeat(32),
                "p1000000000_" + "0".repeat(32),
                "p1_" + "0".repeat(31),
                "p1_" + "0".repeat(33),
                "p1_" + "A".repeat(32),
                "P1_" + "0".repeat(32))) {
            String sealed = Events.sealed(1, Events.pseudonym(1), 3)
                    .json()
                    .replace(Events.pseudonym(1).value(), subject);
            wrong.add(Events.builder(200L + wrong.size(), "of a person")
                    .dataSubjectId(subject)
                    .payload(new Payload(sealed))
                    .build());
        }
        List<Event> all = new ArrayList<>(wrong);
        Event good = Events.about(1000, "session", 1, 3);
        all.add(good);
        List<AppendOutcome> outcomes = append(all);
        for (int i = 0; i < wrong.size(); i++) {
            assertThat(outcomes.get(i))
                    .as(wrong.get(i).payload().map(Payload::json).orElse("no payload"))
                    .isEqualTo(new Personal(wrong.get(i).id()));
        }
        assertThat(outcomes.getLast()).isInstanceOf(Appended.class);
        assertThat(all()).extracting(event -> event.event().id()).containsExactly(good.id());
        assertThat(ledger.sessions().find(wrong.getFirst().sessionId())).isEmpty();
        assertThat(ledger.log().payloads(wrong.stream().map(Event::id).toList()))
                .isEmpty();
    }
}
