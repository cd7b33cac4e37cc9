// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.session;

import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.capture.record.RecordDigest;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One row of a session of Claude Code, and the events that it is: a message under the id of the row, its calls under that
 * id where there is nothing else, else under ids derived from it.
 */
final class ClaudeCodeRow {
    static final String FORMAT = "claude-code";

    private static final String TOOL_USE = "tool_use";
    private static final String TOOL_RESULT = "tool_result";

    /** Tools that start a sub-agent. */
    private static final Set<String> STARTING = Set.of("Task", "Agent");

    private final ObjectNode json;
    private final String place;

    ClaudeCodeRow(ObjectNode json, String place) {
        this.json = json;
        this.place = place;
    }

    /** A part of a message, and the number that it has there. */
    record Block(JsonNode json, int number) {
        /** The id that joins a call and its result. */
        String call() {
            return json.path(json.has("tool_use_id") ? "tool_use_id" : "id").asString("");
        }
    }

    ObjectNode json() {
        return json;
    }

    JsonNode message() {
        return json.path("message");
    }

    String place() {
        return place;
    }

    String type() {
        return json.path("type").asString("");
    }

    String id() {
        return json.path("uuid").asString("");
    }

    String session() {
        return json.path("sessionId").asString("");
    }

    /** The sub-agent whose row it is. */
    Optional<String> agent() {
        return text(json.path("agentId"));
    }

    boolean isSidechain() {
        return json.path("isSidechain").asBoolean(false);
    }

    /** The row before it, also where the conversation was summed up in between. */
    Optional<String> parent() {
        return text(json.path("parentUuid")).or(() -> text(json.path("logicalParentUuid")));
    }

    Optional<Instant> time() {
        return Times.parse(json.path("timestamp").asString(""));
    }

    Optional<String> messageId() {
        return text(message().path("id"));
    }

    /** Whether it is of a conversation: all others are notes of the program that wrote it. */
    boolean speaks() {
        return type().equals("user") || isAnswer();
    }

    boolean isAnswer() {
        return type().equals("assistant");
    }

    List<Block> calls() {
        return isAnswer() ? blocks(TOOL_USE) : List.of();
    }

    List<Block> results() {
        return isAnswer() ? List.of() : blocks(TOOL_RESULT);
    }

    private List<Block> blocks(String type) {
        List<Block> blocks = new ArrayList<>();
        JsonNode content = message().path("content");
        for (int i = 0; content.isArray() && i < content.size(); i++) {
            if (content.get(i).path("type").asString("").equals(type)) {
                blocks.add(new Block(content.get(i), i));
            }
        }
        return blocks;
    }

    /** Whether it says anything beside its calls and results. */
    private boolean saysMore() {
        JsonNode content = message().path("content");
        return content.isArray()
                ? content.size() > calls().size() + results().size()
                : !content.asString("").isEmpty();
    }

    /** Whether it is a message of its own: one that is nothing but a call, or nothing but results, is none. */
    boolean isMessage() {
        return speaks() && (saysMore() || calls().size() > 1);
    }

    /** Whether the user begins something with it. */
    boolean asks() {
        return isMessage() && !isAnswer() && !json.path("isMeta").asBoolean(false);
    }

    /** The id of the event that it is. */
    String eventId() {
        return eventId(id());
    }

    /** An id as it is where it is one that events can have. */
    static String eventId(String uuid) {
        return EventId.parse(uuid).map(EventId::toString).orElseGet(() -> DerivedIds.record(FORMAT, uuid));
    }

    /** The id of the event that one of its calls or results is. */
    String eventId(Block block) {
        boolean alone = !isMessage() && calls().size() + results().size() == 1;
        return alone ? eventId() : DerivedIds.record(FORMAT, id(), Integer.toString(block.number()));
    }

    /** The event that stands for it, unless it answers a call. */
    Optional<String> event() {
        if (isMessage() || !calls().isEmpty()) {
            return Optional.of(eventId());
        }
        return results().isEmpty()
                ? Optional.empty()
                : Optional.of(eventId(results().getLast()));
    }

    /** The call that it answers; of several the last. */
    Optional<String> answers() {
        return isMessage() || results().isEmpty()
                ? Optional.empty()
                : Optional.of(nameOf(results().getLast()));
    }

    /** What a call is called in the session. */
    String nameOf(Block block) {
        return session() + "\n" + block.call();
    }

    /** How the sub-agent is known that a call starts: by what it is told. */
    Optional<String> startedBy(Block call) {
        return STARTING.contains(call.json().path("name").asString(""))
                ? text(call.json().path("input").path("prompt")).map(this::startOf)
                : Optional.empty();
    }

    /** How a sub-agent is known that was told this. */
    String startOf(String prompt) {
        return session() + "\nprompt " + RecordDigest.PLAIN.of(prompt);
    }

    /** How a sub-agent is known that has this id. */
    String startOfAgent(String agent) {
        return session() + "\nagent " + agent;
    }

    /** The sub-agent that a result says has done the work. */
    Optional<String> workedFor() {
        return text(json.path("toolUseResult").path("agentId"));
    }

    /** What the user, or who started a sub-agent, says. */
    Optional<String> prompt() {
        JsonNode content = message().path("content");
        return text(content.isArray() && content.size() == 1 ? content.path(0).path("text") : content);
    }

    /** What is the same row, wherever it was copied to: a session that goes on in another file has its own id in all rows. */
    ObjectNode record() {
        ObjectNode record = json.deepCopy();
        record.remove("sessionId");
        return record;
    }

    /** The row as far as it is of one of its results. */
    ObjectNode told(Block result) {
        if (results().size() == 1) {
            return json;
        }
        ObjectNode part = around();
        part.set("part", result.json());
        return part;
    }

    /** What stands around its content. */
    ObjectNode around() {
        ObjectNode around = json.deepCopy();
        if (around.path("message") instanceof ObjectNode message) {
            message.remove("content");
        }
        return around;
    }

    private static Optional<String> text(JsonNode node) {
        return Optional.ofNullable(node.stringValue(null)).filter(text -> !text.isEmpty());
    }

    /** The usage of a model that several rows repeat counts in the first of them. */
    static ObjectNode withoutUsage(ObjectNode row) {
        if (row.path("message") instanceof ObjectNode message && message.has("usage")) {
            ObjectNode told = Json.MAPPER.createObjectNode();
            message.forEachEntry((name, value) -> told.set(name.equals("usage") ? "usage_repeated" : name, value));
            row.set("message", told);
        }
        return row;
    }
}
