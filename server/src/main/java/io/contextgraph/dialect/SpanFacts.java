// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

import io.contextgraph.dialect.Dialects.Form;
import io.contextgraph.dialect.Dialects.Kind;
import io.contextgraph.dialect.Dialects.Name;
import io.contextgraph.message.JsonText;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a span says of itself, in whichever of the {@link Dialects} it was written.
 *
 * <p><b>Shape.</b> The kind is the first that an attribute of {@link Dialects#KINDS} gives and that is no span of the
 * framework; then what its name says; then which attributes it has. A span whose attributes name a kind that no row
 * knows, or a span of the framework, is not looked at further.
 */
public final class SpanFacts {
    /** The rows of each attribute by value in lower case, in the order of the table. */
    private static final Map<String, Map<String, Kind>> KINDS = kinds();

    private static final Map<Fact, List<Name>> NAMES = names();

    private final String name;
    private final ObjectNode attributes;
    private final Kind kind;
    private final boolean ofItsOwnKind;

    /** @param attributes of the span, as a plain object */
    public SpanFacts(String name, ObjectNode attributes) {
        this.name = name;
        this.attributes = attributes;
        Optional<Kind> stated = stated();
        Optional<Kind> found = stated.or(this::named).or(this::hinted);
        this.kind = found.orElse(new Kind(Dialect.GEN_AI, "", "", Dialects.SPAN));
        this.ofItsOwnKind = found.filter(row -> !isOfTheFramework(row)).isPresent();
    }

    /** The type of its event; {@code system.span} when it is no tool, agent or model call. */
    public String type() {
        return kind.type();
    }

    /** Whether it is a call of a tool, a search in documents among them. */
    public boolean isTool() {
        return type().equals(Dialects.TOOL_CALL);
    }

    /** Whether a dialect says that it is work of its own, even if of a kind that the table does not know. */
    public boolean ofItsOwnKind() {
        return ofItsOwnKind;
    }

    /** The first value that is there; for agents and tools also what the span's name says. */
    public Optional<String> text(Fact fact) {
        for (Name place : NAMES.getOrDefault(fact, List.of())) {
            Optional<String> value = applies(place) ? scalar(node(place)) : Optional.empty();
            if (value.isPresent()) {
                return value;
            }
        }
        return fromName(fact);
    }

    /** The first value that is a number. */
    public Optional<JsonNode> number(Fact fact) {
        return NAMES.getOrDefault(fact, List.of()).stream()
                .filter(this::applies)
                .map(this::node)
                .filter(JsonNode::isNumber)
                .findFirst();
    }

    /** Whether any of these is there. */
    public boolean has(Fact... facts) {
        return Stream.of(facts).anyMatch(fact -> values(fact).findAny().isPresent());
    }

    /** Every value that is there, lists that are spread over attributes among them. */
    Stream<JsonNode> values(Fact fact) {
        return NAMES.getOrDefault(fact, List.of()).stream()
                .filter(this::applies)
                .map(place -> attributes.has(place.attribute())
                        ? Optional.of(node(place))
                        : FlatNames.list(attributes, place.attribute()))
                .flatMap(Optional::stream);
    }

    /** Whether it reports a failure by an attribute of its dialect. */
    public boolean reportsFailure() {
        return Dialects.FAILURES.stream()
                .anyMatch(failure -> scalar(attributes.path(failure.attribute()))
                        .filter(failure.value()::equalsIgnoreCase)
                        .isPresent());
    }

    private boolean applies(Name place) {
        return place.of().isEmpty() || place.of().equals(type());
    }

    private JsonNode node(Name place) {
        JsonNode value = attributes.path(place.attribute());
        return place.within().isEmpty() ? value : JsonText.read(value).path(place.within());
    }

    /** What attributes say: a kind, else a kind that is unknown, else a span of the framework. */
    private Optional<Kind> stated() {
        Optional<Kind> best = Optional.empty();
        for (Map.Entry<String, Map<String, Kind>> attribute : KINDS.entrySet()) {
            Optional<Kind> found = scalar(attributes.path(attribute.getKey()))
                    .map(value -> row(attribute.getKey(), value, attribute.getValue()))
                    .filter(row -> !row.type().equals(Dialects.NOTHING));
            if (found.isPresent() && !found.get().type().equals(Dialects.SPAN)) {
                return found;
            }
            if (found.isPresent() && (best.isEmpty() || isOfTheFramework(best.get()))) {
                best = found;
            }
        }
        return best;
    }

    private static Kind row(String attribute, String value, Map<String, Kind> rows) {
        Kind known = rows.get(value.toLowerCase(Locale.ROOT));
        if (known != null) {
            return known;
        }
        Kind other = rows.get(Dialects.ANY_OTHER);
        return other != null ? other : new Kind(Dialect.GEN_AI, attribute, value, Dialects.SPAN);
    }

    /** A row of the table that says {@code system.span}; an unknown value has no row. */
    private static boolean isOfTheFramework(Kind kind) {
        return kind.type().equals(Dialects.SPAN) && Dialects.KINDS.contains(kind);
    }

    private Optional<Kind> named() {
        return Dialects.FORMS.stream()
                .filter(form -> form.pattern().matcher(name).matches())
                .findFirst()
                .map(form -> new Kind(form.dialect(), "", form.form(), form.type()));
    }

    private Optional<Kind> hinted() {
        return Dialects.HINTS.stream()
                .filter(hint -> scalar(attributes.path(hint.attribute())).isPresent())
                .findFirst();
    }

    private Optional<String> fromName(Fact fact) {
        for (Form form : Dialects.FORMS) {
            Matcher matcher = form.pattern().matcher(name);
            if (form.rest().equals(Optional.of(fact)) && form.type().equals(type()) && matcher.matches()) {
                return Optional.of(matcher.group(1));
            }
        }
        for (Form form : Dialects.NAMING) {
            Matcher matcher = form.pattern().matcher(name);
            if (form.rest().equals(Optional.of(fact))
                    && form.type().equals(type())
                    && form.dialect() == kind.dialect()
                    && matcher.matches()) {
                return Optional.of(matcher.group(1));
            }
        }
        Fact own = type().equals(Dialects.AGENT_CALL) ? Fact.AGENT : Fact.TOOL;
        return Optional.of(name)
                .filter(text -> fact == own && !text.isBlank() && Dialects.NAMED_BY_SPAN.contains(kind));
    }

    private static Optional<String> scalar(JsonNode value) {
        return value.isValueNode() && !value.isNull()
                ? Optional.of(value.asString()).filter(text -> !text.isEmpty())
                : Optional.empty();
    }

    private static Map<String, Map<String, Kind>> kinds() {
        Map<String, Map<String, Kind>> all = new LinkedHashMap<>();
        for (Kind kind : Dialects.KINDS) {
            Kind ignored = all.computeIfAbsent(kind.attribute(), attribute -> new LinkedHashMap<>())
                    .put(kind.value().toLowerCase(Locale.ROOT), kind);
        }
        return all;
    }

    private static Map<Fact, List<Name>> names() {
        Map<Fact, List<Name>> all = new EnumMap<>(Fact.class);
        for (Fact fact : Fact.values()) {
            List<Name> ignored = all.put(
                    fact,
                    Dialects.NAMES.stream()
                            .filter(place -> place.fact() == fact)
                            .toList());
        }
        return all;
    }
}
