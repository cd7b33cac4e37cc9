// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Conversations as OpenAI's chat interface has them, with calls of tools. */
final class ChatLines {
    /** Of a conversation: its messages, of which the result of a call closes the event of the call, and the calls. */
    static final int EVENTS_PER_CONVERSATION = 12;

    /** Messages from one question to its answer, as many as events. */
    static final int PER_TURN = 4;

    private ChatLines() {}

    /** A conversation of 12 messages as one line. */
    static String conversation(long number) {
        ObjectNode row = Json.MAPPER.createObjectNode().put("id", "conversation-" + number);
        ArrayNode messages = row.putArray("messages");
        long text = number * EVENTS_PER_CONVERSATION;
        messages.add(said("system", text, 400));
        messages.add(said("user", text + 1, 120));
        messages.add(calling(text + 2, 2));
        messages.add(result(text + 2, 0));
        messages.add(result(text + 2, 1));
        messages.add(calling(text + 4, 1));
        messages.add(result(text + 4, 0));
        messages.add(said("assistant", text + 6, 200));
        messages.add(said("user", text + 7, 80));
        messages.add(calling(text + 8, 1));
        messages.add(result(text + 8, 0));
        messages.add(said("assistant", text + 10, 150));
        return row.toString();
    }

    /** A message of a conversation that goes on and on: a question, a call, its result, an answer. */
    static String message(long number) {
        ObjectNode message = switch ((int) (number % PER_TURN)) {
            case 0 -> said("user", number, 120);
            case 1 -> calling(number, 1);
            case 2 -> result(number - 1, 0);
            default -> said("assistant", number, 200);
        };
        return message.toString();
    }

    private static ObjectNode said(String role, long number, int chars) {
        return Json.MAPPER.createObjectNode().put("role", role).put("content", Prose.text(number, chars));
    }

    private static ObjectNode calling(long number, int calls) {
        ObjectNode message = said("assistant", number, 60);
        ArrayNode all = message.putArray("tool_calls");
        for (int call = 0; call < calls; call++) {
            ObjectNode one = all.addObject().put("id", id(number, call)).put("type", "function");
            one.putObject("function").put("name", "find_order").put("arguments", SpanLines.arguments(number + call));
        }
        return message;
    }

    private static ObjectNode result(long number, int call) {
        ObjectNode message = said("tool", ~(number + call), 400);
        return message.put("tool_call_id", id(number, call));
    }

    private static String id(long number, int call) {
        return "call_" + number + "_" + call;
    }
}
