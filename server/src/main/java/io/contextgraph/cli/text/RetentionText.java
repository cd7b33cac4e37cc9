// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.text;

import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.Table;
import io.contextgraph.config.Forms;
import io.contextgraph.event.Times;
import io.contextgraph.retention.CeilingReport;
import io.contextgraph.retention.IndexChange;
import io.contextgraph.retention.Obstacles;
import io.contextgraph.retention.RetentionReport;
import io.contextgraph.retention.RetentionStatus;
import io.contextgraph.retention.RetentionStatus.CeilingStatus;
import java.time.Clock;

/** How retention stands, and what a run of it has done, for people. */
public final class RetentionText {
    private final Console console;
    private final Clock clock;

    public RetentionText(Console console, Clock clock) {
        this.console = console;
        this.clock = clock;
    }

    /** How it stands. */
    public void print(RetentionStatus status) {
        console.out()
                .printf(
                        "hot window %s%s, trimmed up to event %d%s%n",
                        Forms.text(status.hotWindowNow()),
                        status.isShrunk() ? " in place of " + Forms.text(status.hotWindow()) : "",
                        status.trimmed().seq(),
                        status.unindexed().seq() == 0
                                ? ""
                                : ", out of the index up to event "
                                        + status.unindexed().seq());
        print(status.ceiling());
        Table table = new Table("GROUP", "FINISHED", "WAITING SINCE", "RELEASED");
        status.groups()
                .forEach(one -> table.add(
                        one.name(),
                        one.finishedSeq(),
                        one.waitingSince().map(Times::format).orElse("-"),
                        one.release()
                                .map(release -> "by " + release.by() + ": " + release.reason())
                                .orElse("-")));
        table.print(console);
        console.out().println("before an entry goes, " + status.secondLock().describe());
        status.lastRun().ifPresent(this::print);
    }

    private void print(CeilingStatus ceiling) {
        console.out()
                .println(
                        ceiling.set().isZero()
                                ? "no ceiling: events stay for ever"
                                : "ceiling " + Forms.text(ceiling.now())
                                        + (ceiling.isShrunk() ? " in place of " + Forms.text(ceiling.set()) : "")
                                        + ", "
                                        + ceiling.archive()
                                                .map(place -> "archive " + place)
                                                .orElse(
                                                        ceiling.archiveRequired()
                                                                ? "no archive: events stay until there is one"
                                                                : "no archive is wanted"));
        if (ceiling.gone() > 0) {
            console.out()
                    .printf(
                            "%d events have left the ledger, the last of them event %d%s%n",
                            ceiling.gone(),
                            ceiling.through().seq(),
                            ceiling.lastSegment()
                                    .map(segment -> ", in segment " + segment)
                                    .orElse(""));
        }
        if (ceiling.holds() > 0) {
            console.out().printf("%d sessions are held: contextgraph retention holds%n", ceiling.holds());
        }
    }

    /** What a run has done, or would do. */
    public void print(RetentionReport report) {
        console.out()
                .printf(
                        "%s: %d entries %s the streams, and %d streams of sessions%n",
                        Times.format(report.at()),
                        report.entries(),
                        report.dryRun() ? "would leave" : "left",
                        report.sessionStreams());
        IndexChange index = report.index();
        if (index.left() + index.returned() > 0) {
            console.out()
                    .printf(
                            index.left() > 0 ? "%d events %s the index%n" : "%d events %s back in the index%n",
                            index.left() + index.returned(),
                            index.left() > 0
                                    ? report.dryRun() ? "would leave" : "left"
                                    : report.dryRun() ? "would be" : "are");
        }
        report.ceiling().ifPresent(gone -> print(gone, report.dryRun()));
        report.obstacle().ifPresent(obstacle -> console.out().println(Obstacles.describe(obstacle, clock.instant())));
    }

    private void print(CeilingReport gone, boolean dryRun) {
        if (gone.events() + gone.segments() > 0) {
            console.out()
                    .printf(
                            "%d events recorded before %s %s the ledger, %d segments %s%n",
                            gone.events(),
                            Times.format(gone.before()),
                            dryRun ? "would leave" : "left",
                            gone.segments(),
                            dryRun ? "would be written" : "were written");
        }
        stay(
                gone.held(),
                "their sessions are held (contextgraph retention holds), or they were brought back from the archive");
        stay(gone.parked(), "they are parked: contextgraph dlq");
        // The newest event stays always.
        stay(
                gone.waiting() > 1 ? gone.waiting() : 0,
                "they have entries in the streams, or a required group has not finished them");
        gone.problem().ifPresent(why -> console.out().println("events past the ceiling stay: " + why));
    }

    private void stay(long events, String why) {
        if (events > 0) {
            console.out().printf("%d events past the ceiling stay: %s%n", events, why);
        }
    }
}
