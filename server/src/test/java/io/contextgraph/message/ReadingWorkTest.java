// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.message.Message.Direction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reading looks at each value a fixed number of times, however many there are and however deep they nest. */
class ReadingWorkTest {
    /** Most looks at one element. */
    private static final int MOST_LOOKS = 64;

    private final AtomicLong looks = new AtomicLong();

    /** A list that counts how many of its elements were handed out. */
    private final class CountedArray extends ArrayNode {
        private static final long serialVersionUID = 1;

        private CountedArray() {
            super(JsonNodeFactory.instance);
        }

        @Override
        public Collection<JsonNode> values() {
            return super.valueStream().peek(element -> looks.incrementAndGet()).toList();
        }

        @Override
        public Stream<JsonNode> valueStream() {
            return super.valueStream().peek(element -> looks.incrementAndGet());
        }

        @Override
        public JsonNode get(int index) {
            looks.incrementAndGet();
            return super.get(index);
        }
    }

    private static ObjectNode message(int number) {
        return Json.MAPPER.createObjectNode().put("role", "user").put("content", "m" + number);
    }

    @Test
    void manyMessages() {
        int count = 100_000;
        ArrayNode messages = new CountedArray();
        for (int i = 0; i < count; i++) {
            messages.add(message(i));
        }
        assertThat(new MessageForms(Direction.IN).read(messages, "user")).hasSize(count);
        assertThat(looks.get()).isBetween((long) count, (long) count * MOST_LOOKS);
    }

    /** Where the only message stands last and at the bottom, all before it has been looked at in vain. */
    @Test
    void deepLists() {
        List<JsonNode> kinds = new ArrayList<>(List.of(message(1), Json.MAPPER.createArrayNode()));
        for (JsonNode last : kinds) {
            looks.set(0);
            JsonNode inner = last;
            int elements = 0;
            for (int depth = 0; depth < 400; depth++) {
                ArrayNode list = new CountedArray();
                for (int i = 0; i < 100; i++) {
                    list.add(i);
                }
                list.add(inner);
                elements += list.size();
                inner = list;
            }
            for (String role : List.of("user", "tool", "input")) {
                assertThat(new MessageForms(Direction.IN).read(inner, role)).isNotEmpty();
            }
            assertThat(looks.get()).isLessThan((long) elements * MOST_LOOKS);
        }
    }

    /** Texts inside of texts, each as deep as a text may be. */
    @Test
    void textsInTexts() {
        for (String begin : List.of("[", "{\"content\":", "{\"message\":", "{\"text\":", "{\"outputs\":")) {
            String end = begin.startsWith("[") ? "]" : "}";
            String nested = "\"m\"";
            for (int level = 0; level < 8; level++) {
                nested = Json.MAPPER.writeValueAsString(begin.repeat(400) + nested + end.repeat(400));
            }
            JsonNode text = Json.MAPPER.readTree(nested);
            for (String role : List.of("user", "tool", "input")) {
                assertThat(new MessageForms(Direction.OUT).read(text, role)).hasSizeLessThan(2);
            }
            assertThat(PlainText.of(text)).hasSizeLessThan(nested.length());
        }
    }
}
