// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.RunReader;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads trajectories of mini-swe-agent, 1.x and 2.x: an object with {@code messages} and {@code info}, or the messages
 * alone.
 *
 * <p><b>Shape.</b> As of a chat; each command is a {@code tool.execute} that ends with the message behind it, by its return
 * code. What the file says of the run ({@code info}: exit status, submission, costs, settings) is one event,
 * {@code system.session_end} once it says how the run ended, else {@code system.run}.
 */
public final class MiniSweReader extends RunReader {
    private static final String MINI_SWE = "mini-swe-agent";
    private static final String MESSAGES = "messages";

    private final CaptureOptions options;
    private final Emitter out;
    private final Transcript transcript;

    /** Whether it is a trajectory. */
    public static boolean fits(Shape shape) {
        return shape.any("trajectory_format")
                || (shape.hasTag(MiniSweForm.TAG)
                        && (shape.any(MESSAGES) ? shape.any("info") : shape.isArray() && shape.any("role")));
    }

    public MiniSweReader(CaptureOptions options, Survey survey, Emitter out) {
        super(survey, out);
        this.options = options;
        this.out = out;
        this.transcript = new Transcript(options, new MiniSweForm(), out);
    }

    @Override
    protected void runs(Unit unit, RunTaker taker) {
        JsonNode json = unit.json();
        if (json.isArray() && json.valueStream().anyMatch(row -> row.has(MESSAGES))) {
            for (int i = 0; i < json.size(); i++) {
                run(unit, json.get(i), "/" + i, taker);
            }
        } else {
            run(unit, json, "", taker);
        }
    }

    private void run(Unit unit, JsonNode json, String pointer, RunTaker taker) {
        JsonNode messages = json.isArray() ? json : json.path(MESSAGES);
        if (!messages.isArray()) {
            out.refuse(unit.at(pointer), "a trajectory must have an array of messages in \"messages\"");
            return;
        }
        ObjectNode facts = json instanceof ObjectNode object ? object.deepCopy() : Json.MAPPER.createObjectNode();
        facts.remove(MESSAGES);
        String model = facts.path("info")
                .path("config")
                .path("model")
                .path("model_name")
                .stringValue("");
        String agent = options.agentId().orElse(Ids.fault(model).isEmpty() ? model : MINI_SWE);
        try {
            Transcript.Source source = new Transcript.Source(
                    MINI_SWE,
                    facts,
                    model,
                    agent,
                    options.whom().ofRun(Stream.concat(Stream.of(facts), messages.valueStream())));
            String at = json.isArray() ? pointer : pointer + "/" + MESSAGES;
            taker.take(
                    transcript.read(source, Transcript.placed(messages, unit, at), unit.at(pointer)), unit.at(pointer));
        } catch (IllegalArgumentException unclear) {
            out.refuse(unit.at(pointer), String.valueOf(unclear.getMessage()));
        }
    }
}
