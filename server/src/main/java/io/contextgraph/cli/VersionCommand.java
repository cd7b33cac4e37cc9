// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.Json;
import io.contextgraph.ops.Version;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code version}: what this is and what it runs on. */
@CommandLine.Command(
        name = "version",
        description = "Prints the version of this program, of Java, and of the server where one is named.")
final class VersionCommand extends Command {
    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    VersionCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        String java = Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
        Optional<String> server = serverVersion();
        if (json) {
            ObjectNode answer = Json.MAPPER
                    .createObjectNode()
                    .put("version", Version.current())
                    .put("java", java)
                    .put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
            server.ifPresent(version -> answer.put("server_version", version));
            printJson(answer);
        } else {
            console().out().println("contextgraph " + Version.current() + ", Java " + java);
            server.ifPresent(version -> console().out().println("server " + Console.safe(version)));
        }
        return ExitCode.OK;
    }

    private Optional<String> serverVersion() throws IOException {
        if (server().isEmpty()) {
            return Optional.empty();
        }
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            return workspace.server();
        }
    }
}
