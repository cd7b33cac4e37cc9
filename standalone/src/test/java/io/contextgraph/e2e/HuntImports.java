// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import io.contextgraph.event.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Files about persons, one for each format that is imported. */
final class HuntImports {
    private HuntImports() {}

    /**
     * One import.
     *
     * @param file what it is called
     * @param text what is in it
     * @param options of the command
     * @param exitCode with which it ends
     * @param erasable events that it brings, whose persons may be erased
     */
    record Import(String file, String text, List<String> options, int exitCode, List<ObjectNode> erasable) {}

    /** Of every format that is read, by each of the ways to name a person, well and badly. */
    static List<Import> all(Marks secrets) {
        return List.of(
                events(secrets),
                chat(secrets, "chat"),
                chatOfItsPerson(secrets),
                namedAfterItsPerson(secrets),
                cutChat(secrets),
                trajectory(secrets),
                spans(secrets));
    }

    /** Events of our own, of which one is refused and one is cut. */
    private static Import events(Marks secrets) {
        ObjectNode good = HuntRequests.personal(secrets, "an import of events");
        ObjectNode wrong = HuntRequests.personal(secrets, "an import of events that is refused");
        wrong.put("session_id", HuntRequests.person(wrong));
        String cut = HuntRequests.personal(secrets, "an import of events that is cut")
                .toString();
        return new Import(
                "events.ndjson", good + "\n" + wrong + "\n" + cut.substring(1) + "\n", List.of(), 4, List.of(good));
    }

    private static String person(Marks secrets, String of) {
        return secrets.mark("the id of the person of " + of) + "@example.org";
    }

    private static ObjectNode conversation(Marks secrets, String of) {
        ObjectNode chat = Json.MAPPER.createObjectNode().put("id", of).put("model", "small");
        ArrayNode messages = chat.putArray("messages");
        for (String role : List.of("user", "assistant")) {
            messages.addObject().put("role", role).put("content", secrets.mark("what " + role + " said in " + of));
        }
        return chat;
    }

    private static Import chat(Marks secrets, String name) {
        return new Import(
                name + ".jsonl",
                conversation(secrets, name) + "\n",
                List.of("--subject", person(secrets, name)),
                0,
                List.of());
    }

    private static Import chatOfItsPerson(Marks secrets) {
        String name = "chat with a person in it";
        ObjectNode chat = conversation(secrets, name).put("user", person(secrets, name));
        return new Import(name + ".jsonl", chat + "\n", List.of("--subject-attribute", "user"), 0, List.of());
    }

    /** Its session would have the name of its person. */
    private static Import namedAfterItsPerson(Marks secrets) {
        String name = "chat of the name of its person";
        String person = person(secrets, name);
        ObjectNode chat = conversation(secrets, name).put("id", person);
        return new Import(name + ".jsonl", chat + "\n", List.of("--subject", person), 4, List.of());
    }

    private static Import cutChat(Marks secrets) {
        Import whole = chat(secrets, "chat that is cut");
        String text = whole.text();
        return new Import(whole.file(), text.substring(0, text.length() - 9) + "\n", whole.options(), 4, List.of());
    }

    private static Import trajectory(Marks secrets) {
        String name = "trajectory";
        ObjectNode text = Json.MAPPER.createObjectNode();
        ArrayNode history = text.putArray("history");
        for (String role : List.of("system", "user", "assistant")) {
            history.addObject()
                    .put("role", role)
                    .put("agent", "main")
                    .put("message_type", "observation")
                    .put("content", secrets.mark("what " + role + " said in " + name));
        }
        return new Import(name + ".traj", text.toString(), List.of("--subject", person(secrets, name)), 0, List.of());
    }

    private static Import spans(Marks secrets) {
        String name = "spans";
        ObjectNode text = Json.MAPPER.createObjectNode();
        ObjectNode span = text.putArray("resourceSpans")
                .addObject()
                .putArray("scopeSpans")
                .addObject()
                .putArray("spans")
                .addObject()
                .put("traceId", "5b8efff798038103d269b633813f00ff")
                .put("spanId", "eee19b7ec3c100ff")
                .put("name", "chat")
                .put("startTimeUnixNano", "1772355600000000000")
                .put("endTimeUnixNano", "1772355601000000000");
        ArrayNode attributes = span.putArray("attributes");
        Map.of(
                        "gen_ai.operation.name", "chat",
                        "user.id", person(secrets, name),
                        "gen_ai.prompt", secrets.mark("what was asked in " + name),
                        "gen_ai.completion", secrets.mark("what was answered in " + name))
                .forEach((key, value) -> attributes
                        .addObject()
                        .put("key", key)
                        .putObject("value")
                        .put("stringValue", value));
        return new Import(name + ".json", text.toString(), List.of("--subject-attribute", "user.id"), 0, List.of());
    }
}
