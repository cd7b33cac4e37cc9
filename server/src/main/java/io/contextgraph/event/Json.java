// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** The one JSON mapper, strict and exact: no duplicate keys, no trailing text, no rounding of numbers, no sign lost. */
public final class Json {
    /** Deepest nesting that is read at all; the payload's own limit is stricter. */
    private static final int MAX_DEPTH = 500;

    /**
     * Shared and safe for threads. Nothing of what was read or written stays with it: no names, which may be those of persons,
     * and no buffers, which keep their end for as long as nothing longer comes.
     */
    public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH + 10)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .addModule(new SimpleModule().addDeserializer(JsonNode.class, new SignedZeros()))
            .build();

    private Json() {}

    /**
     * The canonical text of a JSON value: no white space, keys in the order of their UTF-16 code units, strings with
     * the shortest escapes, numbers as the shortest decimal of the same value ({@code 1.0}, {@code 1} and
     * {@code 10e-1} are {@code 1}; {@code 100} is {@code 1E+2}; {@code -0.0} is {@code -0}, which is another value than
     * {@code 0}).
     *
     * <p><b>Source.</b> RFC 8785 but for numbers, which there lose digits beyond those of a double and the sign of zero.
     */
    public static byte[] canonical(JsonNode node) {
        return canonicalText(node).getBytes(StandardCharsets.UTF_8);
    }

    /** The same as a text. */
    static String canonicalText(JsonNode node) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = MAPPER.createGenerator(text)) {
            canonical(node, out);
        }
        return text.toString();
    }

    private static void canonical(JsonNode node, JsonGenerator out) {
        if (node.isObject()) {
            out.writeStartObject();
            List<String> names = new ArrayList<>(node.propertyNames());
            Collections.sort(names);
            for (String name : names) {
                out.writeName(name);
                canonical(node.get(name), out);
            }
            out.writeEndObject();
        } else if (node.isArray()) {
            out.writeStartArray();
            for (JsonNode element : node) {
                canonical(element, out);
            }
            out.writeEndArray();
        } else if (node.isNumber()) {
            out.writeRawValue(canonicalNumber(node));
        } else if (node.isString()) {
            out.writeString(node.stringValue());
        } else {
            out.writeTree(node);
        }
    }

    private static String canonicalNumber(JsonNode number) {
        if (number.isInt() || number.isLong()) {
            return canonicalNumber(number.longValue());
        }
        return isNegativeZero(number) ? "-0" : canonicalNumber(number.decimalValue());
    }

    private static boolean isNegativeZero(JsonNode number) {
        return number.isDouble() && Double.compare(number.doubleValue(), -0.0) == 0;
    }

    static String canonicalNumber(long value) {
        // Without a zero at its end a number is its digits.
        return value % 10 == 0 ? canonicalNumber(BigDecimal.valueOf(value)) : Long.toString(value);
    }

    private static String canonicalNumber(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toString();
    }

    /** Depth of nesting: 0 for a scalar, 1 for a flat object. */
    public static int depth(JsonNode node) {
        int deepest = 0;
        if (node.isContainer()) {
            for (JsonNode child : node) {
                deepest = Math.max(deepest, depth(child));
            }
            return deepest + 1;
        }
        return 0;
    }
}
