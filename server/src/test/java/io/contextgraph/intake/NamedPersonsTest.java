// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Fault;
import io.contextgraph.event.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamedPersonsTest {
    private static NamedPersons persons(String... ids) {
        NamedPersons persons = new NamedPersons();
        List.of(ids).forEach(persons::add);
        return persons;
    }

    private static List<String> pointers(NamedPersons persons, String session) {
        return persons
                .faults(Json.MAPPER
                        .createObjectNode()
                        .put("session_id", session)
                        .put("agent_id", "bot"))
                .stream()
                .map(Fault::pointer)
                .toList();
    }

    @Test
    void anIdIsMetWhereItIsAllThereIsOrAWord() {
        NamedPersons persons = persons("Jane.Roe", "u7", "123456");
        assertThat(pointers(persons, "JANE.ROE")).containsExactly("/session_id");
        assertThat(pointers(persons, "chat of jane.roe, again")).containsExactly("/session_id");
        assertThat(pointers(persons, "u7")).containsExactly("/session_id");
        assertThat(pointers(persons, "chat u7")).isEmpty();
        assertThat(pointers(persons, "991234569")).isEmpty();
        assertThat(pointers(persons(), "anybody")).isEmpty();
    }

    @Test
    void whatIsToldHasNoIdInIt() {
        NamedPersons persons = persons("Jane.Roe", "jane.roe@example.org", "u7");
        assertThat(persons.leftOutOf("of/JANE.ROE@example.org/xjane.roe.json"))
                .isEqualTo("of/(a person)/x(a person).json");
        assertThat(persons.leftOutOf("u7/u77.json u7")).isEqualTo("(a person)/u77.json (a person)");
        assertThat(persons(new String[0]).leftOutOf("u7")).isEqualTo("u7");
    }
}
