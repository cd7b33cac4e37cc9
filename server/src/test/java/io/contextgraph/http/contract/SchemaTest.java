// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final Schema NAMED = Schema.text().named("Named");

    @Test
    void choicesReferToWhatHasANameAndBringItAlong() {
        Schema any = Schema.list(Schema.any(NAMED, Schema.whole()));
        assertThat(any)
                .hasToString("{\"type\":\"array\",\"items\":{\"anyOf\":[{\"$ref\":\"#/components/schemas/Named\"},"
                        + "{\"type\":\"integer\"}]}}");
        assertThat(any.named()).containsExactly(NAMED);
        Schema either = Schema.either(NAMED, Schema.whole());
        assertThat(either)
                .hasToString("{\"oneOf\":[{\"$ref\":\"#/components/schemas/Named\"},{\"type\":\"integer\"}]}");
        assertThat(either.named()).containsExactly(NAMED);
    }

    @Test
    void anObjectOfAnyFieldsMayHaveSomeThatItMustHave() {
        Schema object = Schema.object().with("name", NAMED);
        assertThat(object)
                .hasToString("{\"type\":\"object\",\"properties\":{\"name\":{\"$ref\":\"#/components/schemas/Named\"}},"
                        + "\"required\":[\"name\"]}");
        assertThat(object.named()).containsExactly(NAMED);
    }

    @Test
    void noKeywordTakesASchemaAsAValue() {
        for (Object value : List.of(NAMED, List.of(NAMED), Map.of("name", NAMED))) {
            assertThatThrownBy(() -> Schema.object().set("anyOf", value)).hasMessageContaining("Schema");
        }
    }
}
