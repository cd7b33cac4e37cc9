// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.contract;

import io.contextgraph.event.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a JSON value may be. Immutable: what seems to change one makes another. A schema with a name stands in the
 * contract once, and is referred to.
 *
 * <p><b>Source.</b> JSON Schema 2020-12, as OpenAPI 3.1 has it.
 */
public final class Schema {
    private static final String REFERENCE = "#/components/schemas/";
    private static final String TYPE = "type";
    private static final String DESCRIPTION = "description";
    private static final String PROPERTIES = "properties";
    private static final String REQUIRED = "required";

    /** Refuses what has no value of its own, where others write an empty object. */
    private static final JsonMapper VALUES = Json.MAPPER
            .rebuild()
            .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .build();

    private final Optional<String> name;
    private final ObjectNode json;
    private final List<Schema> inner;

    private Schema(Optional<String> name, ObjectNode json, List<Schema> inner) {
        this.name = name;
        this.json = json;
        this.inner = List.copyOf(inner);
    }

    private static Schema of(String type) {
        return new Schema(Optional.empty(), Json.MAPPER.createObjectNode().put(TYPE, type), List.of());
    }

    public static Schema text() {
        return of("string");
    }

    public static Schema whole() {
        return of("integer");
    }

    public static Schema number() {
        return of("number");
    }

    public static Schema flag() {
        return of("boolean");
    }

    /** RFC 3339. */
    public static Schema time() {
        return text().set("format", "date-time");
    }

    public static Schema uuid() {
        return text().set("format", "uuid");
    }

    public static Schema nothing() {
        return of("null");
    }

    /** One of these texts. */
    public static Schema choice(Collection<String> choices) {
        return text().set("enum", choices);
    }

    /** Any object. */
    public static Schema object() {
        return of("object");
    }

    /** An object that has the fields of {@link #with} and {@link #maybe}, and no other. */
    public static Schema fields() {
        return object().set("additionalProperties", false).set(REQUIRED, List.of());
    }

    /** An object in which every value is so, whatever the names are. */
    public static Schema map(Schema value) {
        return object().put("additionalProperties", value);
    }

    public static Schema list(Schema item) {
        return of("array").put("items", item);
    }

    /** Exactly one of these. */
    public static Schema either(Schema... choices) {
        return choice("oneOf", choices);
    }

    /** One or more of these. */
    public static Schema any(Schema... choices) {
        return choice("anyOf", choices);
    }

    private static Schema choice(String keyword, Schema... choices) {
        ObjectNode made = Json.MAPPER.createObjectNode();
        ArrayNode array = made.putArray(keyword);
        List<Schema> used = new ArrayList<>();
        for (Schema choice : choices) {
            array.add(choice.use());
            used.addAll(choice.named());
        }
        return new Schema(Optional.empty(), made, used);
    }

    /** This one, with other keywords. */
    public Schema and(Map<String, Object> keywords) {
        Schema changed = this;
        for (Map.Entry<String, Object> each : new TreeMap<>(keywords).entrySet()) {
            changed = changed.set(each.getKey(), each.getValue());
        }
        return changed;
    }

    /**
     * This one, with another keyword.
     *
     * @param value what JSON can say; no schema, which has to be known to be referred to
     */
    public Schema set(String keyword, Object value) {
        ObjectNode changed = use();
        changed.set(keyword, VALUES.valueToTree(value));
        return new Schema(Optional.empty(), changed, named());
    }

    private Schema put(String keyword, Schema value) {
        ObjectNode changed = use();
        changed.set(keyword, value.use());
        return new Schema(Optional.empty(), changed, together(value));
    }

    /** This object, which has a field. */
    public Schema with(String field, Schema value) {
        Schema changed = maybe(field, value);
        ArrayNode required = changed.json.withArray(REQUIRED);
        if (required.valueStream().noneMatch(other -> other.stringValue().equals(field))) {
            required.add(field);
        }
        return changed;
    }

    /** This object, which may have a field. */
    public Schema maybe(String field, Schema value) {
        ObjectNode changed = use();
        JsonNode there = changed.get(PROPERTIES);
        ObjectNode properties = there == null ? changed.putObject(PROPERTIES) : (ObjectNode) there;
        properties.set(field, value.use());
        return new Schema(Optional.empty(), changed, together(value));
    }

    /** Numbers from {@code min}. */
    public Schema from(long min) {
        return set("minimum", min);
    }

    /** Numbers up to {@code max}. */
    public Schema to(long max) {
        return set("maximum", max);
    }

    /** Texts, or lists, of such a length. */
    public Schema sized(int min, int max) {
        boolean list = json.path(TYPE).stringValue("").equals("array");
        return set(list ? "minItems" : "minLength", min).set(list ? "maxItems" : "maxLength", max);
    }

    public Schema matching(String pattern) {
        return set("pattern", pattern);
    }

    public Schema otherwise(Object value) {
        return set("default", value);
    }

    public Schema saying(String description) {
        return set(DESCRIPTION, description);
    }

    /** @param value as JSON */
    public Schema example(String value) {
        return set("examples", List.of(Json.MAPPER.readTree(value)));
    }

    /** This one, or null. */
    public Schema orNull() {
        ObjectNode changed = use();
        JsonNode type = changed.get(TYPE);
        changed.putArray(TYPE).add(type).add("null");
        if (changed.get("enum") instanceof ArrayNode choices) {
            choices.addNull();
        }
        return new Schema(Optional.empty(), changed, inner);
    }

    /** This one, to be referred to. */
    public Schema named(String newName) {
        return new Schema(Optional.of(newName), use(), named());
    }

    public Optional<String> name() {
        return name;
    }

    /** As it stands where it is used. */
    public ObjectNode use() {
        return name.isPresent() ? Json.MAPPER.createObjectNode().put("$ref", REFERENCE + name.get()) : json.deepCopy();
    }

    /** As it stands where it is explained. */
    public ObjectNode json() {
        return json.deepCopy();
    }

    /** What has a name in it, itself included, and not what these refer to. */
    public List<Schema> named() {
        return name.isPresent() ? List.of(this) : inner;
    }

    /** What has a name in it, itself left out. */
    public List<Schema> inner() {
        return inner;
    }

    private List<Schema> together(Schema other) {
        List<Schema> all = new ArrayList<>(named());
        all.addAll(other.named());
        return all;
    }

    @Override
    public String toString() {
        return json.toString();
    }
}
