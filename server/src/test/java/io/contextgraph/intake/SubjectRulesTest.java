// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Payload;
import io.contextgraph.testing.Events;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class SubjectRulesTest {
    private static List<String> pointers(Event event) {
        List<Fault> faults = SubjectRules.faults(event);
        assertThat(faults).allSatisfy(fault -> {
            assertThat(fault.code()).isEqualTo("names_subject");
            assertThat(fault.message().toLowerCase(Locale.ROOT)).doesNotContain("jane");
        });
        return faults.stream().map(Fault::pointer).toList();
    }

    @Test
    void noPartOfTheEnvelopeMayNameThePerson() {
        Event event = Events.builder(1, "chat of Jane.Roe, again")
                .agentId("jane.roe")
                .traceId("x-JANE.ROE")
                .toolName("mail(jane.roe)")
                .payloadRef("s3://jane.roe/1")
                .dataSubjectId("Jane.Roe")
                .payload(new Payload("{\"text\":\"Jane.Roe\"}"))
                .build();
        assertThat(pointers(event))
                .containsExactly("/session_id", "/agent_id", "/trace_id", "/payload_ref", "/tool_name");
    }

    @Test
    void aShortIdIsOnlyMetWhereItIsAllThereIs() {
        assertThat(pointers(Events.builder(1, "janet").dataSubjectId("jane").build()))
                .isEmpty();
        assertThat(pointers(Events.builder(1, "JANE").dataSubjectId("jane").build()))
                .containsExactly("/session_id");
        assertThat(pointers(
                        Events.builder(1, "user-12345").dataSubjectId("12345").build()))
                .isEmpty();
        assertThat(pointers(
                        Events.builder(1, "user-123456").dataSubjectId("123456").build()))
                .containsExactly("/session_id");
    }

    @Test
    void theIdsOfEventsAreNamesToo() {
        String id = Events.id(1).toString();
        Event event =
                Events.builder(1, "s").parentId(Events.id(2)).dataSubjectId(id).build();
        assertThat(pointers(event)).containsExactly("/event_id");
        Event effect =
                Events.builder(2, "s").parentId(Events.id(1)).dataSubjectId(id).build();
        assertThat(pointers(effect)).containsExactly("/parent_event_id");
    }

    @Test
    void whatIsAboutNobodyMayNameAnybody() {
        assertThat(pointers(Events.event(1, "jane.roe"))).isEmpty();
    }

    /** Random digits have many a number in them, and are nobody's name but where they are all of it. */
    @Test
    void digitsThatWereMadeByChanceNameNobody() {
        String trace = "7c01b1e5a04d42f7bd6123456d5f8003";
        assertThat(pointers(Events.builder(1, "run of 5e55a000-0000-4000-8123-456789000001")
                        .traceId(trace)
                        .payloadRef("hmac-sha256:" + trace + trace + ":" + trace)
                        .dataSubjectId("123456")
                        .build()))
                .isEmpty();
        assertThat(pointers(Events.builder(1, "of " + trace)
                        .traceId(trace)
                        .dataSubjectId(trace)
                        .build()))
                .containsExactly("/session_id", "/trace_id");
        assertThat(pointers(Events.builder(1, "0000000000123456")
                        .dataSubjectId("123456")
                        .build()))
                .as("a number with zeros before it")
                .containsExactly("/session_id");
    }
}
