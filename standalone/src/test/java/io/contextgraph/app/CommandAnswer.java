// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.cli.Cli;
import io.contextgraph.cli.TestSurroundings;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** What a command on the stores, or of a server, ended with, and said. */
record CommandAnswer(int code, String out, String err) {
    /**
     * Runs one.
     *
     * @param variables of the environment
     */
    static CommandAnswer of(Path home, Clock clock, Map<String, String> variables, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Cli.run(
                TestSurroundings.of(
                        out,
                        err,
                        variables,
                        (settings, needs, report) ->
                                LocalWorkspace.open(settings, needs, Backends.Factory.none(), clock, report),
                        RemoteWorkspace::open,
                        clock,
                        home),
                arguments);
        // How far something has come is told as often as there is time for it.
        return new CommandAnswer(code, out.toString(), err.toString().replaceAll("(?m)^\\w+: \\d+( of \\d+)?\n", ""));
    }

    /** The same with other words. */
    CommandAnswer saying(String other) {
        return new CommandAnswer(code, other, err);
    }
}
