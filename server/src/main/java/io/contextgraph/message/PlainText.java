// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.message;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * JSON values as text for people, without braces and quotes.
 *
 * <p><b>Shape.</b> A text is itself, and one that holds a JSON object, array or text reads as that. An object with nothing
 * but a text reads as the text, another one as {@code key=value, key=value}, inside another value in parentheses; an
 * array as its elements between commas, inside another value in brackets, and in lines when they read as texts. What is
 * null is left out.
 *
 * <p><b>Units and bounds.</b> Work grows with the length of the value; what nests deeper than {@value #MAX_DEPTH}
 * reads as {@code …}, and a text inside of a text is read {@value #MAX_TEXTS} times.
 */
public final class PlainText {
    /** Deepest nesting that is read. */
    static final int MAX_DEPTH = 32;

    private static final int MAX_TEXTS = 3;

    /** Names of a field that is all an object has to say. */
    private static final List<String> WRAPPERS = List.of(
            "text",
            "page_content",
            "output",
            "content",
            "result",
            "message",
            "answer",
            "response",
            "input",
            "outputs",
            "inputs",
            "input_str",
            "document",
            "value",
            "error");

    /** What frameworks write beside {@code inputs} and {@code outputs}: their own settings. */
    private static final Set<String> SETTINGS = Set.of("tags", "metadata", "kwargs", "input_str");

    /** What protocols write beside the content of a result. */
    private static final Set<String> OF_RESULT =
            Set.of("isError", "is_error", "annotations", "structuredContent", "_meta", "generation_info");

    /** What is known of a document beside its content. */
    private static final Set<String> OF_DOCUMENT = Set.of("id", "type", "score", "metadata");

    private static final Set<String> CALLED_WITH = Set.of("args", "kwargs");

    private final StringBuilder out = new StringBuilder();
    private final boolean ofResult;

    private PlainText(boolean ofResult) {
        this.ofResult = ofResult;
    }

    /** All that {@code value} says; empty where it is null, absent or empty. */
    public static String of(JsonNode value) {
        return new PlainText(false).whole(value);
    }

    /** What {@code value} says as the result of something: without what protocols write beside it. */
    public static String result(JsonNode value) {
        return new PlainText(true).whole(value);
    }

    /** The one field of an object that is its result, where all others only say something about it. */
    static Optional<JsonNode> told(JsonNode object) {
        return new PlainText(true).only(object);
    }

    private String whole(JsonNode value) {
        Optional<JsonNode> inside = JsonText.inside(value);
        write(inside.orElse(value), 0, inside.isPresent() ? 1 : 0);
        return out.toString();
    }

    private void write(JsonNode value, int depth, int texts) {
        if (value.isString()) {
            Optional<JsonNode> inside = texts < MAX_TEXTS ? JsonText.uncut(value) : Optional.empty();
            if (inside.isPresent()) {
                write(inside.get(), depth, texts + 1);
            } else {
                out.append(value.stringValue());
            }
        } else if (!value.isContainer()) {
            out.append(value.asString(""));
        } else if (depth > MAX_DEPTH) {
            out.append('…');
        } else if (value.isArray()) {
            writeArray(value, depth, texts);
        } else {
            writeObject(value, depth, texts);
        }
    }

    private void writeArray(JsonNode array, int depth, int texts) {
        boolean enclosed = depth > 0;
        boolean lines = !enclosed && array.valueStream().anyMatch(this::readsAsText);
        out.append(enclosed ? "[" : "");
        String gap = "";
        for (JsonNode element : array) {
            out.append(gap);
            write(element, depth + 1, texts);
            gap = lines ? "\n" : ", ";
        }
        out.append(enclosed ? "]" : "");
    }

    /** Whether an object is one around a text. */
    private boolean readsAsText(JsonNode element) {
        JsonNode inner = element;
        for (int depth = 0; inner.isObject() && depth < MAX_DEPTH; depth++) {
            Optional<JsonNode> only = only(inner);
            if (only.isEmpty()) {
                return false;
            }
            inner = only.get();
        }
        return element.isObject() && inner.isString();
    }

    private void writeObject(JsonNode object, int depth, int texts) {
        Optional<JsonNode> only = only(object);
        if (only.isPresent()) {
            write(only.get(), depth, texts);
            return;
        }
        if (!object.isEmpty() && CALLED_WITH.containsAll(object.propertyNames())) {
            writeCalledWith(object, depth, texts);
            return;
        }
        out.append(depth > 0 ? "(" : "");
        writeFields(object, depth, texts);
        out.append(depth > 0 ? ")" : "");
    }

    private void writeFields(JsonNode object, int depth, int texts) {
        String gap = "";
        for (String name : object.propertyNames()) {
            JsonNode value = object.get(name);
            if (!value.isNull()) {
                out.append(gap).append(name).append('=');
                write(value, depth + 1, texts);
                gap = ", ";
            }
        }
    }

    /** Arguments as Python has them: by place, then by name. */
    private void writeCalledWith(JsonNode object, int depth, int texts) {
        String gap = "";
        for (JsonNode argument : object.path("args")) {
            out.append(gap);
            write(argument, depth + 1, texts);
            gap = ", ";
        }
        if (!object.path("kwargs").isEmpty()) {
            out.append(gap);
            writeFields(object.path("kwargs"), depth, texts);
        }
    }

    /** The one field that says something, where it is there only to hold that. */
    private Optional<JsonNode> only(JsonNode object) {
        for (String name : WRAPPERS) {
            JsonNode value = object.path(name);
            if (says(value)) {
                return object.propertyStream()
                                .allMatch(field -> field.getKey().equals(name)
                                        || !says(field.getValue())
                                        || isAside(field.getKey(), name, object))
                        ? Optional.of(value)
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private boolean isAside(String field, String wrapper, JsonNode object) {
        return switch (wrapper) {
            case "inputs", "outputs", "input_str" -> SETTINGS.contains(field);
            case "output" -> ofResult && field.equals("kwargs");
            case "page_content" -> ofResult && OF_DOCUMENT.contains(field);
            case "content", "text" ->
                ofResult
                        && (OF_RESULT.contains(field)
                                || (OF_DOCUMENT.contains(field) && (object.has("score") || object.has("metadata"))));
            default -> false;
        };
    }

    private static boolean says(JsonNode value) {
        return !value.isMissingNode() && !value.isNull() && !(value.isContainer() && value.isEmpty());
    }
}
