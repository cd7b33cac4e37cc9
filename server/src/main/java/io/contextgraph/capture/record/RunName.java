// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run is called by itself.
 *
 * @param plain its name; another run of the same name has what tells it apart behind it
 * @param earlier what it would have been called when fewer of its records were there, the latest first
 */
public record RunName(String plain, List<String> earlier) {
    /** Room for what is put before and behind a name. */
    private static final int LONGEST = Ids.MAX_LENGTH / 2;

    /** Files that grow are rarely imported more often before a model has answered once. */
    private static final int MOST_EARLIER = 32;

    /** The id of a row is often no more than its number. */
    private static final String ROW = "id";

    private static final String MODEL = "model";

    /** Fields of a run that say which conversation it is, each group in the order in which it is looked at. */
    private static final List<List<String>> OF_CONVERSATION = List.of(
            List.of("conversation_id", "conversationId", "session_id", "sessionId", "thread_id", "chat_id"),
            List.of("run_id", "runId"),
            List.of(ROW));

    /** Fields that say what it worked on: several runs may have done the same. */
    private static final List<List<String>> OF_WORK = List.of(List.of("instance_id", "task_id"), List.of("trial"));

    private static final Set<String> SAYING = Stream.of(OF_CONVERSATION, OF_WORK, List.of(List.of(MODEL)))
            .flatMap(groups -> groups.stream().flatMap(List::stream))
            .collect(Collectors.toUnmodifiableSet());

    public RunName {
        earlier = List.copyOf(earlier);
    }

    /** The id of the event that is called {@code step} in the run with this identity. */
    public static String eventId(String identity, String step) {
        return DerivedIds.event("urn:run:" + identity + ":" + step);
    }

    /**
     * The name of a run.
     *
     * @param kind begins the name where the file says none that is unique
     * @param facts the fields that the file has of the run
     * @param model the model that answers; empty when the file does not say
     * @param digest makes a name of what is there, where the file says none
     * @param beginning the links of the run's chain up to its first answer of a model
     */
    static RunName of(String kind, JsonNode facts, String model, RecordDigest digest, List<String> beginning) {
        String said = said(kind, facts, model);
        if (!said.isEmpty() && fits(said)) {
            return new RunName(said, List.of());
        }
        if (beginning.isEmpty()) {
            return new RunName(kind, List.of());
        }
        List<String> names = beginning.reversed().stream()
                .limit(MOST_EARLIER)
                .map(link -> kind + "-" + RecordDigest.inName(digest.of(said + "\n" + model + "\n" + link)))
                .toList();
        return new RunName(names.getFirst(), names.subList(1, names.size()));
    }

    private static String said(String kind, JsonNode facts, String model) {
        Map<String, String> conversation = values(facts, OF_CONVERSATION);
        Map<String, String> work = values(facts, OF_WORK);
        Set<String> parts = new LinkedHashSet<>();
        if (conversation.isEmpty() && !work.isEmpty()) {
            parts.add(kind);
        }
        parts.addAll(conversation.values());
        parts.addAll(work.values());
        if (!parts.isEmpty() && saysModel(conversation.keySet(), facts) && !model.isEmpty()) {
            parts.add(model);
        }
        return String.join(":", parts);
    }

    /** Several models may have answered in the same row of a list, or done the same work. */
    private static boolean saysModel(Set<String> conversation, JsonNode facts) {
        return conversation.isEmpty() || (conversation.equals(Set.of(ROW)) && facts.has(MODEL));
    }

    /** Which conversation a single message says that it belongs to; empty when it says none. */
    public static ObjectNode conversation(JsonNode message) {
        ObjectNode said = Json.MAPPER.createObjectNode();
        values(message, OF_CONVERSATION).forEach((field, value) -> {
            if (!field.equals(ROW)) {
                said.put(field, value);
            }
        });
        return said;
    }

    /** Whether there are facts that a name made of them does not say. */
    public static boolean leavesOut(JsonNode facts, String model) {
        String said = said("", facts, model);
        Set<String> told = new HashSet<>();
        if (!said.isEmpty() && fits(said)) {
            Set<String> conversation = values(facts, OF_CONVERSATION).keySet();
            told.addAll(conversation);
            told.addAll(values(facts, OF_WORK).keySet());
            if (saysModel(conversation, facts)
                    && facts.path(MODEL).stringValue("").equals(model)) {
                told.add(MODEL);
            }
        }
        return facts.propertyStream()
                .anyMatch(fact -> !told.contains(fact.getKey())
                        && !(SAYING.contains(fact.getKey()) && isNothing(fact.getValue())));
    }

    private static boolean isNothing(JsonNode value) {
        return value.isNull() || (value.isString() && !isUsable(value));
    }

    private static boolean fits(String name) {
        return Ids.fault(name).isEmpty() && name.codePointCount(0, name.length()) <= LONGEST;
    }

    /** The name of a run that is not the one that has the plain name. */
    String toldApartBy(String link) {
        return plain + "~" + RecordDigest.inName(link);
    }

    /** The first usable value of each group, by its field. */
    private static Map<String, String> values(JsonNode facts, List<List<String>> groups) {
        Map<String, String> values = new LinkedHashMap<>();
        for (List<String> group : groups) {
            group.stream()
                    .filter(field -> isUsable(facts.path(field)))
                    .findFirst()
                    .ifPresent(field -> values.put(field, facts.path(field).asString()));
        }
        return values;
    }

    /** A table that has no number where one is missing says that it is none. */
    private static boolean isUsable(JsonNode value) {
        return value.isIntegralNumber()
                || (value.isString() && !Set.of("", "NaN").contains(value.stringValue()));
    }
}
