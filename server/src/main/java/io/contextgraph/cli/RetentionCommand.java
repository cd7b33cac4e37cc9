// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.cli.console.ProgressBars;
import io.contextgraph.cli.console.Table;
import io.contextgraph.config.Forms;
import io.contextgraph.event.Times;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.retention.GroupRelease;
import io.contextgraph.retention.IndexChange;
import io.contextgraph.retention.Obstacles;
import io.contextgraph.retention.Retaining;
import io.contextgraph.retention.RetentionJson;
import io.contextgraph.retention.RetentionReport;
import io.contextgraph.retention.RetentionStatus;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code retention}: what leaves the streams, and what holds it up. */
@CommandLine.Command(
        name = "retention",
        description = {
            "Takes entries out of the streams that are older than the hot window and finished by every required group. The events"
                    + " stay.",
            "",
            "  retention status                        how it stands",
            "  retention run [--dry-run]               takes out what may go, or only says so",
            "  retention release GROUP --reason TEXT   lets a required group hold nothing up until it has caught up"
        })
final class RetentionCommand extends Command {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ACTION",
            description = "status, run or release (default: ${DEFAULT-VALUE}).")
    private String action = "status";

    @Parameters(index = "1", arity = "0..1", paramLabel = "GROUP", description = "A required group.")
    private @Nullable String group;

    @Option(names = "--dry-run", description = "Takes nothing out.")
    private boolean dryRun;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why the group may be left behind.")
    private @Nullable String reason;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    RetentionCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        requireMeant();
        return switch (action) {
            case "status" -> status();
            case "run" -> run();
            case "release" -> release();
            default -> throw usage("no such action: " + action);
        };
    }

    /** What an action would leave unread may be what somebody relies on. */
    private void requireMeant() {
        if (dryRun && !action.equals("run")) {
            throw usage("--dry-run is for run");
        }
        if (!action.equals("release") && (group != null || reason != null)) {
            throw usage("GROUP and --reason are for release");
        }
    }

    private int status() throws IOException {
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            RetentionStatus status = workspace.retaining(operator()).status();
            if (json) {
                printJson(RetentionJson.of(status));
                return ExitCode.OK;
            }
            console()
                    .out()
                    .printf(
                            "hot window %s%s, trimmed up to event %d%s%n",
                            Forms.text(status.hotWindowNow()),
                            status.isShrunk() ? " in place of " + Forms.text(status.hotWindow()) : "",
                            status.trimmed().seq(),
                            status.unindexed().seq() == 0
                                    ? ""
                                    : ", out of the index up to event "
                                            + status.unindexed().seq());
            Table table = new Table("GROUP", "FINISHED", "WAITING SINCE", "RELEASED");
            status.groups()
                    .forEach(one -> table.add(
                            one.name(),
                            one.finishedSeq(),
                            one.waitingSince().map(Times::format).orElse("-"),
                            one.release()
                                    .map(release -> "by " + release.by() + ": " + release.reason())
                                    .orElse("-")));
            table.print(console());
            console()
                    .out()
                    .println("before an entry goes, " + status.secondLock().describe());
            status.lastRun().ifPresent(this::print);
            return ExitCode.OK;
        }
    }

    private int run() throws IOException {
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            RetentionReport report;
            try (ProgressBar bar = ProgressBars.bar(console(), "trimming", -1, "")) {
                report = run(workspace, ProgressBars.watcher(bar));
            } catch (WorkFailedException elsewhere) {
                return refused("operation_running", String.valueOf(elsewhere.getMessage()));
            }
            if (json) {
                printJson(RetentionJson.of(report));
            } else {
                print(report);
            }
            return report.obstacle().isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
        }
    }

    /** One that takes nothing leaves no record, either. */
    private RetentionReport run(Workspace workspace, Watcher watcher) {
        return dryRun
                ? workspace.retaining(operator()).run(true, watcher)
                : audited(
                        workspace,
                        "retention run",
                        Map.of(),
                        retaining -> retaining.run(false, watcher),
                        report -> true);
    }

    private void print(RetentionReport report) {
        console()
                .out()
                .printf(
                        "%s: %d entries %s the streams, and %d streams of sessions%n",
                        Times.format(report.at()),
                        report.entries(),
                        report.dryRun() ? "would leave" : "left",
                        report.sessionStreams());
        IndexChange index = report.index();
        if (index.left() + index.returned() > 0) {
            console()
                    .out()
                    .printf(
                            index.left() > 0 ? "%d events %s the index%n" : "%d events %s back in the index%n",
                            index.left() + index.returned(),
                            index.left() > 0
                                    ? report.dryRun() ? "would leave" : "left"
                                    : report.dryRun() ? "would be" : "are");
        }
        report.obstacle()
                .ifPresent(obstacle -> console().out().println(Obstacles.describe(obstacle, clock().instant())));
    }

    private int release() throws IOException {
        String why = reason == null ? "" : reason.strip();
        String name = group;
        if (name == null || !GroupRelease.isReason(why)) {
            throw usage(
                    "name the group, and say why with --reason, in 1 to " + GroupRelease.MAX_REASON + " characters");
        }
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            Optional<GroupRelease> release = audited(
                    workspace,
                    "retention release",
                    Map.of("group", name, "reason", why),
                    retaining -> retaining.release(name, why),
                    Optional::isPresent);
            if (release.isEmpty()) {
                return notFound("the settings do not require a group " + name);
            }
            if (json) {
                printJson(RetentionJson.of(release.get()));
            } else {
                console().out().println("released " + name + " until it has caught up");
            }
            return ExitCode.OK;
        }
    }

    /**
     * Puts it on record; a server does that by itself.
     *
     * @param done whether that came of it which was asked for
     */
    private static <T> T audited(
            Workspace workspace,
            String action,
            Map<String, String> details,
            Function<Retaining, T> work,
            Predicate<T> done) {
        Retaining retaining = workspace.retaining(operator());
        if (workspace.server().isPresent()) {
            return work.apply(retaining);
        }
        AuditTrail trail = workspace.trail();
        AuditTrail.Recorded recorded = trail.record(request(action, details));
        boolean completed = false;
        try {
            T result = work.apply(retaining);
            completed = done.test(result);
            return result;
        } finally {
            trail.outcome(recorded, completed, Map.of());
        }
    }
}
