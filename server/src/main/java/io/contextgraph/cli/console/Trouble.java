// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import io.contextgraph.event.Json;
import java.util.List;
import picocli.CommandLine;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why a command did not do what was asked.
 *
 * @param exitCode what the process ends with
 * @param code stable name for machines, see docs/errors.md
 * @param message one sentence; may be empty where the faults say it all
 * @param faults one sentence each
 */
public record Trouble(int exitCode, String code, String message, List<String> faults) {
    /** One without faults. */
    public static Trouble of(int exitCode, String code, String message) {
        return new Trouble(exitCode, code, message, List.of());
    }

    /** Says so where errors go, as JSON in one line to whoever asked the command for JSON; returns the exit code. */
    public int tell(CommandLine command, Console console) {
        if (command.getParseResult().hasMatchedOption("--json")) {
            console.err().println(toJson());
        } else {
            console.failure(message, faults);
        }
        return exitCode;
    }

    /** With {@code code}, {@code exit_code}, {@code detail}, and {@code errors} where there are faults. */
    public ObjectNode toJson() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("code", code).put("exit_code", exitCode);
        json.put("detail", message.isEmpty() ? String.join("; ", faults) : message);
        if (!faults.isEmpty()) {
            ArrayNode errors = json.putArray("errors");
            faults.forEach(errors::add);
        }
        return json;
    }
}
