// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import io.contextgraph.event.Json;
import java.io.Reader;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;

/**
 * Reads the JSON of traces: as strictly as {@link Json}, but numbers that are not finite may stand in it, as Python
 * writes them, and halves of characters, in texts and in names: see {@link Replacement}.
 */
public final class TraceJson {
    private static final ObjectReader LINE = Json.MAPPER.reader().with(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS);

    /** What follows a document is another one, and the reader of it stays open. */
    private static final ObjectReader DOCUMENT =
            LINE.without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).without(StreamReadFeature.AUTO_CLOSE_SOURCE);

    private TraceJson() {}

    /** Reads a text that is one value. */
    public static JsonNode line(String text) {
        return readable(text, LINE::readTree);
    }

    /**
     * Reads a text as {@code reader} does, and where that fails once more with halves of characters written as they are:
     * in names the parser takes them only so.
     */
    public static <T> T readable(String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (JacksonException malformed) {
            return withHalves(text, reader).orElseThrow(() -> malformed);
        }
    }

    private static <T> Optional<T> withHalves(String text, Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(HalfEscapes.written(text)));
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }

    /** Reads the next value of {@code parser}. */
    public static JsonNode next(JsonParser parser) {
        return DOCUMENT.readTree(parser);
    }

    /** A parser of one document after the other, which does not close {@code text}. */
    public static JsonParser parser(Reader text) {
        return DOCUMENT.createParser(text);
    }

    /** A parser of {@code text}. */
    public static JsonParser parser(String text) {
        return LINE.createParser(text);
    }

    /** Whether a text is one whole object or array. */
    public static boolean isWhole(String text) {
        try (JsonParser parser = LINE.createParser(HalfEscapes.written(text))) {
            JsonToken first = parser.nextToken();
            JsonParser ignored = parser.skipChildren();
            return first != null && first.isStructStart() && parser.nextToken() == null;
        } catch (JacksonException malformed) {
            return false;
        }
    }
}
