// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.event.Json;
import io.contextgraph.ops.Version;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code version}: what this is and what it runs on. */
@CommandLine.Command(name = "version", description = "Prints the version of this program and of Java.")
final class VersionCommand extends Command {
    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    VersionCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() {
        String java = Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
        if (json) {
            printJson(Json.MAPPER
                    .createObjectNode()
                    .put("version", Version.current())
                    .put("java", java)
                    .put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch")));
        } else {
            console().out().println("contextgraph " + Version.current() + ", Java " + java);
        }
        return ExitCode.OK;
    }
}
