// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.Json;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * What a JSON value looks like, by the names on its first two levels of objects: {@code a} on the first, {@code a/b} on
 * the second. Where names are not enough, by what the values of {@code type} say down to the third level, and by the tags
 * with which texts begin that are a {@code content}. A format recognizes its own by it.
 */
public final class Shape {
    /** Down to which level of objects a {@code type} is looked at: parts of messages of a conversation. */
    private static final int TYPE_LEVELS = 3;

    private static final Pattern TAG = Pattern.compile("\\s*<([a-z_]{1,40})>");

    /** Most names that are remembered of a value. */
    private static final int MAX_NAMES = 1000;

    /** How many names are shown of what nobody recognizes. */
    private static final int SHOWN = 8;

    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> types = new LinkedHashSet<>();
    private final Set<String> tags = new LinkedHashSet<>();
    private final boolean array;

    private Shape(boolean array) {
        this.array = array;
    }

    /** Of a value. */
    public static Shape of(JsonNode json) {
        Shape shape = new Shape(json.isArray());
        try (JsonParser parser = Json.MAPPER.treeAsTokens(json)) {
            shape.read(parser);
        }
        return shape;
    }

    /** Of the next value of {@code parser}, as far as it can be read; empty when nothing can. */
    public static Optional<Shape> ofBroken(JsonParser parser) {
        Shape shape = new Shape(false);
        try {
            shape.read(parser);
        } catch (JacksonException malformed) {
            return Optional.of(shape).filter(some -> !some.names.isEmpty());
        }
        return Optional.of(shape);
    }

    private void read(JsonParser parser) {
        int depth = 0;
        int objects = 0;
        String first = "";
        do {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                depth++;
                objects += token == JsonToken.START_OBJECT ? 1 : 0;
            } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
                depth--;
                objects -= token == JsonToken.END_OBJECT ? 1 : 0;
            } else if (token == JsonToken.PROPERTY_NAME && objects <= 2 && names.size() < MAX_NAMES) {
                String name = parser.currentName();
                first = objects == 1 ? name : first;
                names.add(objects == 1 ? name : first + "/" + name);
            } else if (token == JsonToken.VALUE_STRING && objects <= TYPE_LEVELS) {
                text(objects, String.valueOf(parser.currentName()), parser);
            }
        } while (depth > 0);
    }

    private void text(int level, String name, JsonParser parser) {
        if (name.equals("type") && types.size() < MAX_NAMES) {
            types.add(level + ":" + parser.getString());
        } else if (name.equals("content") && level <= 2 && tags.size() < MAX_NAMES) {
            Matcher tag = TAG.matcher(parser.getString());
            if (tag.lookingAt()) {
                tags.add(tag.group(1));
            }
        }
    }

    /** Whether a {@code type} on this level of objects, from 1, has a value that fits. */
    public boolean hasType(int level, Predicate<String> fits) {
        String begin = level + ":";
        return types.stream()
                .filter(type -> type.startsWith(begin))
                .anyMatch(type -> fits.test(type.substring(begin.length())));
    }

    /** Whether a text that is a {@code content} begins with this tag. */
    public boolean hasTag(String tag) {
        return tags.contains(tag);
    }

    /** Whether it is an array: its names are those of its elements. */
    public boolean isArray() {
        return array;
    }

    /** Whether one of these names is there. */
    public boolean any(String... candidates) {
        return Stream.of(candidates).anyMatch(names::contains);
    }

    /** Whether all of these names are there. */
    public boolean all(String... required) {
        return Stream.of(required).allMatch(names::contains);
    }

    /** Its first names, for a message. */
    public String shown() {
        String first = names.stream()
                .filter(name -> name.indexOf('/') < 0)
                .limit(SHOWN)
                .map(Texts::shown)
                .collect(Collectors.joining(", "));
        return first.isEmpty() ? "no object in it" : "its fields are " + first;
    }
}
