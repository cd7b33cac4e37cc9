// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.ProgressBars;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.option.PartitionOption;
import io.contextgraph.cli.text.RetentionText;
import io.contextgraph.cli.workspace.OpenPartition;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.retention.GroupRelease;
import io.contextgraph.retention.HeldSession;
import io.contextgraph.retention.Retaining;
import io.contextgraph.retention.RetentionJson;
import io.contextgraph.retention.RetentionReport;
import io.contextgraph.retention.RetentionStatus;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code retention}: what leaves the streams, and what holds it up. */
@CommandLine.Command(
        name = "retention",
        description = {
            "Takes entries out of the streams that are older than the hot window and finished by every required group, and events"
                    + " out of the ledger that are past the ceiling and archived.",
            "",
            "  retention status                        how it stands",
            "  retention run [--dry-run]               takes out what may go, or only says so",
            "  retention release GROUP --reason TEXT   lets a required group hold nothing up",
            "                                          until it has caught up",
            "  retention holds                         sessions of which nothing leaves the",
            "                                          ledger",
            "  retention hold SESSION --reason TEXT    lets nothing of a session leave the",
            "                                          ledger",
            "  retention unhold SESSION                holds it no longer"
        })
final class RetentionCommand extends Command {
    private static final Set<String> NAMED = Set.of("release", "hold", "unhold");
    private static final Set<String> OF_ALL = Set.of("holds", "hold", "unhold");

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ACTION",
            description = "status, run, release, holds, hold or unhold (default: ${DEFAULT-VALUE}).")
    private String action = "status";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "GROUP|SESSION",
            description = "A required group, or a session.")
    private @Nullable String name;

    @Option(names = "--dry-run", description = "Takes nothing out.")
    private boolean dryRun;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Why the group may be left behind, or the session is held.")
    private @Nullable String reason;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final PartitionOption partition = new PartitionOption();

    private final RetentionText text;

    RetentionCommand(Surroundings surroundings) {
        super(surroundings);
        this.text = new RetentionText(console(), clock());
    }

    @Override
    public Integer call() throws IOException {
        requireMeant();
        return switch (action) {
            case "status" -> status();
            case "run" -> run();
            case "release" -> release();
            case "holds" -> holds();
            case "hold" -> hold();
            case "unhold" -> unhold();
            default -> throw usage("no such action: " + action);
        };
    }

    /** What an action would leave unread may be what somebody relies on. */
    private void requireMeant() {
        if (dryRun && !action.equals("run")) {
            throw usage("--dry-run is for run");
        }
        if (!action.equals("release") && !action.equals("hold") && reason != null) {
            throw usage("--reason is for release and hold");
        }
        if (OF_ALL.contains(action) && partition.said().isPresent()) {
            throw usage("--partition is for status, run and release: holds are of all partitions");
        }
        if (!NAMED.contains(action) && name != null) {
            throw usage("GROUP is for release, SESSION for hold and unhold");
        }
    }

    private int status() throws IOException {
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            RetentionStatus status =
                    partition.of(workspace.partitions()).retaining(operator()).status();
            if (json) {
                printJson(RetentionJson.of(status));
                return ExitCode.OK;
            }
            text.print(status);
            return ExitCode.OK;
        }
    }

    private int run() throws IOException {
        // What leaves the ledger leaves a summary in the graph.
        try (Workspace workspace = open(dryRun ? Workspace.Needs.LEDGER : Workspace.Needs.LEDGER_AND_GRAPH)) {
            RetentionReport report;
            try (ProgressBar bar = ProgressBars.bar(console(), "trimming", -1, "")) {
                report = run(workspace, ProgressBars.watcher(bar));
            } catch (WorkFailedException elsewhere) {
                return refused("operation_running", String.valueOf(elsewhere.getMessage()));
            }
            if (json) {
                printJson(RetentionJson.of(report));
            } else {
                text.print(report);
            }
            return report.isHeldUp() ? ExitCode.FINDINGS : ExitCode.OK;
        }
    }

    /** One that takes nothing leaves no record, either. */
    private RetentionReport run(Workspace workspace, Watcher watcher) {
        OpenPartition one = partition.of(workspace.partitions());
        return dryRun
                ? one.retaining(operator()).run(true, watcher)
                : audited(
                        workspace,
                        one,
                        "retention run",
                        Map.of(),
                        retaining -> retaining.run(false, watcher),
                        report -> true);
    }

    private int holds() throws IOException {
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            // A server tells of all partitions, whichever is asked.
            List<HeldSession> holds = workspace.partitions().stream()
                    .flatMap(one -> one.retaining(operator()).holds().stream())
                    .distinct()
                    .sorted(Comparator.comparing(HeldSession::session))
                    .toList();
            if (json) {
                printJson(RetentionJson.of(holds));
                return ExitCode.OK;
            }
            Table table = new Table("SESSION", "SINCE", "BY", "REASON");
            holds.forEach(held -> table.add(
                    held.session().value() + (held.known() ? "" : " (no event yet)"),
                    Times.format(held.since()),
                    held.by(),
                    held.reason()));
            table.print(console());
            return ExitCode.OK;
        }
    }

    private SessionId session() {
        if (name == null) {
            throw usage("name the session");
        }
        try {
            return new SessionId(name);
        } catch (IllegalArgumentException none) {
            throw usage("no session has such an id: " + none.getMessage());
        }
    }

    private int hold() throws IOException {
        SessionId session = session();
        String why = reason == null ? "" : reason.strip();
        if (!GroupRelease.isReason(why)) {
            throw usage("say why with --reason, in 1 to " + GroupRelease.MAX_REASON + " characters");
        }
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            HeldSession held = audited(
                    workspace,
                    partitionOf(session, workspace),
                    "retention hold",
                    Map.of(EventFields.SESSION_ID, session.value(), "reason", why),
                    retaining -> retaining.hold(session, why),
                    done -> true);
            if (json) {
                printJson(RetentionJson.of(held));
            } else {
                console()
                        .out()
                        .println("nothing of " + session.value() + " leaves the ledger until it is released"
                                + (held.known() ? "" : "; there is no event of it yet: is the id right?"));
            }
            return ExitCode.OK;
        }
    }

    private int unhold() throws IOException {
        SessionId session = session();
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            Optional<HeldSession> held = audited(
                    workspace,
                    partitionOf(session, workspace),
                    "retention unhold",
                    Map.of(EventFields.SESSION_ID, session.value()),
                    retaining -> retaining.unhold(session),
                    Optional::isPresent);
            if (held.isEmpty()) {
                return notFound("nobody holds the session " + session.value());
            }
            if (json) {
                printJson(RetentionJson.of(held.get()));
            } else {
                console()
                        .out()
                        .println(session.value()
                                + " is not held any more: what is past the ceiling goes with the next run");
            }
            return ExitCode.OK;
        }
    }

    private static OpenPartition partitionOf(SessionId session, Workspace workspace) {
        return workspace
                .partitions()
                .get(workspace.ledger().partitionOf(session).number());
    }

    private int release() throws IOException {
        String why = reason == null ? "" : reason.strip();
        String group = name;
        if (group == null || !GroupRelease.isReason(why)) {
            throw usage(
                    "name the group, and say why with --reason, in 1 to " + GroupRelease.MAX_REASON + " characters");
        }
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            Optional<GroupRelease> release = audited(
                    workspace,
                    partition.of(workspace.partitions()),
                    "retention release",
                    Map.of("group", group, "reason", why),
                    retaining -> retaining.release(group, why),
                    Optional::isPresent);
            if (release.isEmpty()) {
                return notFound("the settings do not require a group " + group);
            }
            if (json) {
                printJson(RetentionJson.of(release.get()));
            } else {
                console().out().println("released " + group + " until it has caught up");
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
            OpenPartition partition,
            String action,
            Map<String, String> details,
            Function<Retaining, T> work,
            Predicate<T> done) {
        Retaining retaining = partition.retaining(operator());
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
