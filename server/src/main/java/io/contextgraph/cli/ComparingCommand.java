// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.Difference;
import io.contextgraph.audit.Findings;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.ProgressBars;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.operation.Watcher;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/**
 * What compares ledger and graph, and names what differs.
 *
 * @param <R> what comes of it
 */
abstract class ComparingCommand<R> extends Command {
    @Option(names = "--max", paramLabel = "N", description = "Most differences to name (default: ${DEFAULT-VALUE}).")
    private int max = 100;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    private final String task;

    /** @param task what a progress bar calls it */
    ComparingCommand(Surroundings surroundings, String task) {
        super(surroundings);
        this.task = task;
    }

    @Override
    public Integer call() throws IOException {
        try (Workspace workspace = openGraph()) {
            Workspace.Audited<R> audited;
            try (ProgressBar bar = ProgressBars.bar(console(), task, -1, "")) {
                audited = compare(workspace, max, ProgressBars.watcher(bar));
            }
            R result = audited.result();
            Findings found = audited.found();
            ObjectNode report = report(result, found);
            if (json) {
                printJson(report);
            } else {
                printNamed(console(), found.named());
                printUnsettled(console(), found);
                print(result);
            }
            return exitCode(result);
        }
    }

    /** @param max how many differences to name */
    abstract Workspace.Audited<R> compare(Workspace workspace, int max, Watcher watcher);

    abstract ObjectNode report(R result, Findings found);

    /** Says it in a line or two, without the differences. */
    abstract void print(R result);

    /** {@link ExitCode#OK}, {@link ExitCode#FINDINGS} where something differs, {@link ExitCode#UNSETTLED} where all that is open is time. */
    abstract int exitCode(R result);

    /** How many of all kinds. */
    static long count(Map<Difference.Kind, Long> kinds) {
        return kinds.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The sessions of which nothing can be said yet. */
    static void printUnsettled(Console console, Findings found) {
        if (!found.unsettled().isEmpty()) {
            Table table = new Table("UNSETTLED SESSION");
            found.unsettled().forEach(session -> table.add(session));
            table.print(console);
        }
    }

    static void printNamed(Console console, List<Difference> named) {
        if (!named.isEmpty()) {
            Table table = new Table("DIFFERENCE", "SESSION", "EVENT", "DETAIL");
            named.forEach(d -> table.add(d.kind().wireName(), d.session(), d.node(), d.detail()));
            table.print(console);
        }
    }
}
