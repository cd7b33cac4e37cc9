// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.message;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What a part of a message is, in the forms of all providers. */
enum PartKind {
    TEXT,
    THOUGHT,
    CALL,
    RESULT,
    MEDIA,
    /** No part, or of a form that nobody knows. */
    OTHER;

    /** Fields of a call that say what is called. */
    static final List<String> NAMES = List.of("name", "toolName", "tool_name");

    /** Objects that hold a call, and its name. */
    static final List<String> CALLS = List.of("tool_call", "function_call", "functionCall", "toolUse");

    /** Objects that hold what a call gave back. */
    static final List<String> RESULTS = List.of("functionResponse", "function_response", "toolResult");

    /** Objects that hold a picture and the like. */
    static final List<String> MEDIA_HOLDERS =
            List.of("inlineData", "inline_data", "fileData", "file_data", "image", "video");

    private static final Set<String> CALL_TYPES = Set.of(
            "tool_call",
            "tool-call",
            "tool_use",
            "function_call",
            "server_tool_call",
            "server_tool_use",
            "mcp_call",
            "mcp_tool_use",
            "custom_tool_call");
    private static final Set<String> RESULT_TYPES = Set.of(
            "tool_call_response",
            "tool-result",
            "tool-error",
            "tool_result",
            "function_call_output",
            "server_tool_call_response");
    private static final List<String> RESULT_ENDINGS = List.of("_result", "_response", "_output");
    private static final Set<String> OF_CALL = Set.of("tool_use_id", "tool_call_id", "toolCallId", "call_id");
    private static final Set<String> TEXT_TYPES =
            Set.of("text", "input_text", "output_text", "summary_text", "refusal", "resource");
    private static final Set<String> THOUGHT_TYPES = Set.of("thinking", "redacted_thinking", "reasoning");
    private static final Set<String> MEDIA_TYPES = Set.of(
            "blob",
            "file",
            "uri",
            "image",
            "image_url",
            "input_image",
            "audio",
            "input_audio",
            "input_file",
            "document",
            "video",
            "media");

    /** What a picture or the like must have, so that a row of a table that calls itself a file is none. */
    private static final List<String> OF_MEDIA = List.of(
            "source",
            "data",
            "url",
            "uri",
            "image_url",
            "input_audio",
            "audio",
            "image",
            "file",
            "file_id",
            "file_data",
            "modality",
            "mime_type",
            "mimeType",
            "mediaType",
            "media_type");

    private static final List<String> OF_TEXT = List.of("text", "content", "refusal", "resource", "value");

    /** What may stand beside a text that says no type. */
    private static final Set<String> BESIDE_TEXT =
            Set.of("text", "thought", "thoughtSignature", "thought_signature", "cache_control", "annotations");

    /** Of anything that is no part: {@link #OTHER}. */
    static PartKind of(JsonNode part) {
        if (!part.isObject() || part.has("role")) {
            return OTHER;
        }
        String type = part.path("type").asString("").toLowerCase(Locale.ROOT);
        return type.isEmpty() ? untyped(part) : typed(type, part);
    }

    private static PartKind typed(String type, JsonNode part) {
        if (CALL_TYPES.contains(type) && (NAMES.stream().anyMatch(part::has) || part.has("function"))) {
            return CALL;
        }
        if (RESULT_TYPES.contains(type)
                || (OF_CALL.stream().anyMatch(part::has)
                        && RESULT_ENDINGS.stream().anyMatch(type::endsWith))) {
            return RESULT;
        }
        if (THOUGHT_TYPES.contains(type)) {
            return THOUGHT;
        }
        if ((TEXT_TYPES.contains(type) && OF_TEXT.stream().anyMatch(part::has))
                || (type.equals("document") && part.path("text").isString())) {
            return TEXT;
        }
        return MEDIA_TYPES.contains(type) && OF_MEDIA.stream().anyMatch(part::has) ? MEDIA : untyped(part);
    }

    private static PartKind untyped(JsonNode part) {
        if (part.path("text").isString() && BESIDE_TEXT.containsAll(part.propertyNames())) {
            return part.path("thought").asBoolean(false) ? THOUGHT : TEXT;
        }
        if (CALLS.stream().anyMatch(name -> part.path(name).isObject())) {
            return CALL;
        }
        if (RESULTS.stream().anyMatch(name -> part.path(name).isObject())
                || (part.size() == 1 && part.path("json").isContainer())) {
            return RESULT;
        }
        if (part.path("reasoningContent").isObject()) {
            return THOUGHT;
        }
        return part.size() == 1
                        && MEDIA_HOLDERS.stream()
                                .anyMatch(name -> part.path(name).isObject())
                ? MEDIA
                : OTHER;
    }
}
