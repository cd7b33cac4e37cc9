// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.Ids;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What a run is called by itself.
 *
 * @param plain its name; another run of the same name has what tells it apart behind it
 * @param earlier what it would have been called when fewer of its records were there, the latest first
 */
public record RunName(String plain, List<String> earlier) {
    /** Room for what is put before and behind a name. */
    private static final int LONGEST = Ids.MAX_LENGTH / 2;

    /** Fields of a run that say which conversation it is, each group in the order in which it is looked at. */
    private static final List<List<String>> OF_CONVERSATION = List.of(
            List.of("conversation_id", "conversationId", "session_id", "sessionId", "thread_id", "chat_id"),
            List.of("run_id", "runId"),
            List.of("id"));

    /** Fields that say what it worked on: several runs may have done the same. */
    private static final List<List<String>> OF_WORK = List.of(List.of("instance_id", "task_id"), List.of("trial"));

    private static final Set<String> SAYING = Stream.of(OF_CONVERSATION, OF_WORK, List.of(List.of("model")))
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
     * @param beginning the links of the run's chain up to its first answer of a model
     */
    static RunName of(String kind, JsonNode facts, String model, List<String> beginning) {
        Set<String> conversation = values(facts, OF_CONVERSATION);
        Set<String> work = values(facts, OF_WORK);
        List<String> parts = new ArrayList<>(conversation);
        if (!work.isEmpty()) {
            parts.addAll(work);
            if (conversation.isEmpty()) {
                parts.addFirst(kind);
                if (!model.isEmpty()) {
                    parts.add(model);
                }
            }
        }
        String said = String.join(":", parts);
        if (!said.isEmpty() && fits(said)) {
            return new RunName(said, List.of());
        }
        if (beginning.isEmpty()) {
            return new RunName(kind, List.of());
        }
        List<String> names = beginning.reversed().stream()
                .map(link -> kind + "-" + RecordDigest.inName(RecordDigest.of(said + "\n" + model + "\n" + link)))
                .toList();
        return new RunName(names.getFirst(), names.subList(1, names.size()));
    }

    /** Whether a field says nothing of a run but which one it is. */
    public static boolean says(String field) {
        return SAYING.contains(field);
    }

    private static boolean fits(String name) {
        return Ids.fault(name).isEmpty() && name.codePointCount(0, name.length()) <= LONGEST;
    }

    /** The name of a run that is not the one that has the plain name. */
    String toldApartBy(String link) {
        return plain + "~" + RecordDigest.inName(link);
    }

    private static Set<String> values(JsonNode facts, List<List<String>> groups) {
        Set<String> values = new LinkedHashSet<>();
        for (List<String> group : groups) {
            group.stream()
                    .map(facts::path)
                    .filter(value -> value.isString() || value.isIntegralNumber())
                    .map(JsonNode::asString)
                    .filter(text -> !text.isEmpty())
                    .findFirst()
                    .ifPresent(values::add);
        }
        return values;
    }
}
