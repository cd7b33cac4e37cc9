// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.ArchiveJson;
import io.contextgraph.archive.ArchivedEvent;
import io.contextgraph.archive.Catalog;
import io.contextgraph.archive.GoneIds;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.ProgressBars;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.option.LedgerName;
import io.contextgraph.cli.option.PartitionOption;
import io.contextgraph.cli.workspace.OpenPartition;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Forms;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.restoring.ForeignRestorer;
import io.contextgraph.restoring.RestoreJson;
import io.contextgraph.restoring.RestoreReport;
import io.contextgraph.restoring.Restorer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code archives}: what the archive has, whether it is whole, and where an event is in it. */
@CommandLine.Command(
        name = "archives",
        description = {
            "Looks at the events that were archived before they left the ledger, and brings them back.",
            "",
            "  archives list                which segments there are",
            "  archives show SEGMENT        the manifest of one",
            "  archives verify [SEGMENT]    reads one back, or all, and names what is not as",
            "                               it was written",
            "  archives find EVENT          which segment has an event",
            "  archives restore SEGMENT...  brings events back into the ledger, with their",
            "                               old numbers and positions",
            "  archives restore --lost ID   brings a ledger back whose store was lost"
        })
final class ArchivesCommand extends Command {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ACTION",
            defaultValue = "list",
            description = "list, show, verify, find or restore.")
    private String action = "list";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "SEGMENT|EVENT", description = "Which one, or which ones.")
    private List<String> subjects = List.of();

    @Option(
            names = "--keep",
            paramLabel = "TIME",
            description = "How long the ceiling leaves alone what has come back: 0, or as 12h or 7d (default: 7d).")
    private @Nullable String keep;

    @Option(names = "--dry-run", description = "Brings nothing back: says what would come.")
    private boolean dryRun;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Option(
            names = "--from",
            paramLabel = "LEDGER[/PARTITION]",
            description = {
                "Another ledger, by its id, that has its archive in the same place. What is restored from it is appended",
                "anew, with the positions and numbers that it had there beside."
            })
    private @Nullable String from;

    @Option(
            names = "--lost",
            paramLabel = "LEDGER",
            description = {
                "A ledger, by its id, whose store was lost. All that the archive has of it comes back as it was, into a store",
                "that has no events, and the ledger goes on behind it."
            })
    private @Nullable String lost;

    @Mixin
    private final PartitionOption partition = new PartitionOption();

    ArchivesCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /** What is open: the deployment, and the partition that is meant. */
    private record Opened(Workspace workspace, OpenPartition partition, int number) {}

    /** What an action does with the archive of the ledger. */
    private interface Work {
        int with(Archive archive, Opened opened);
    }

    @Override
    public Integer call() throws IOException {
        requireMeant();
        String about = subjects.isEmpty() ? null : subjects.getFirst();
        Work work = switch (action) {
            case "list" -> {
                if (about != null) {
                    throw usage("list shows all: leave " + about + " out");
                }
                yield (archive, opened) -> list(archive.list());
            }
            case "show" -> {
                SegmentId id = segment(about);
                yield (archive, opened) -> show(archive, id);
            }
            case "verify" -> {
                Optional<SegmentId> id = about == null ? Optional.empty() : Optional.of(segment(about));
                yield (archive, opened) -> verify(archive, id);
            }
            case "find" -> {
                EventId id = EventId.parse(about == null ? "" : about)
                        .orElseThrow(() -> usage("find needs the id of an event (a UUID)"));
                yield (archive, opened) -> find(archive, opened.partition(), id);
            }
            case "restore" -> {
                List<SegmentId> ids = lost == null ? segments() : List.of();
                Duration kept = Restorer.keep(keep == null ? Forms.text(Restorer.KEEP) : keep)
                        .orElseThrow(() -> usage("--keep is 0, or a whole number of up to 4 digits with s, m, h or d"));
                yield (archive, opened) -> restore(archive, opened, ids, kept);
            }
            default -> throw usage("no such action: " + action);
        };
        Optional<LedgerName> other = other();
        boolean fills = other.isPresent() && action.equals("restore") && !dryRun;
        try (Workspace workspace = open(fills ? Workspace.Needs.LEDGER_TO_FILL : Workspace.Needs.LEDGER)) {
            OpenPartition one = partition.of(workspace.partitions());
            Opened opened = new Opened(workspace, one, partition.said().orElse(0));
            if (!one.archives()) {
                throw new ConfigurationException(List.of("archive.location is empty: there is no archive"));
            }
            if (other.isPresent()) {
                return work.with(archive(other.get(), opened), opened);
            }
            Optional<Archive> archive = one.archive();
            return archive.isEmpty() ? notFound("the ledger has no event yet") : work.with(archive.get(), opened);
        }
    }

    /** The archive of the ledger that --from or --lost names. */
    private Archive archive(LedgerName other, Opened opened) {
        Partition one = opened.workspace().ledger().partitions().get(opened.number());
        LedgerIdentity known = one.epochs().now().identity();
        if (from != null && known.id().equals(Optional.of(other.id().toString()))) {
            throw new ConfigurationException(List.of("--from names this ledger itself: leave it out"));
        }
        return opened.partition().archive(other.id(), from == null ? opened.number() : other.partition());
    }

    /** Another ledger, or this one, whose store was lost. */
    private Optional<LedgerName> other() {
        String text = from == null ? lost : from;
        if (text == null) {
            return Optional.empty();
        }
        Optional<LedgerName> other = LedgerName.parse(text).filter(name -> from != null || name.partition() == 0);
        if (other.isEmpty()) {
            throw usage("a ledger is named by its id (a UUID), with --from by /PARTITION, too, where that is not 0");
        }
        return other;
    }

    /** What an action would leave unread may be what somebody relies on. */
    private void requireMeant() {
        if (from != null && (action.equals("find") || keep != null)) {
            throw usage("--from is for list, show, verify and restore, and what comes from another ledger is not kept");
        }
        if (lost != null && !(action.equals("restore") && subjects.isEmpty() && from == null)) {
            throw usage("--lost is for restore, of everything, and without --from");
        }
        if (!action.equals("restore")) {
            if (dryRun || keep != null) {
                throw usage("--dry-run and --keep are for restore");
            }
            if (subjects.size() > 1) {
                throw usage(action + " takes one: leave " + subjects.get(1) + " out");
            }
        }
    }

    private List<SegmentId> segments() {
        if (subjects.isEmpty()) {
            throw usage("name the segments, as archives list shows them");
        }
        return subjects.stream().map(this::segment).distinct().toList();
    }

    private SegmentId segment(@Nullable String text) {
        return SegmentId.parse(text == null ? "" : text)
                .orElseThrow(() -> usage(action + " needs the id of a segment, as archives list shows it"));
    }

    private int list(Catalog catalog) {
        if (json) {
            printJson(ArchiveJson.of(catalog));
        } else {
            Table table = new Table("SEGMENT", "EVENTS", "SESSIONS", "BYTES", "FROM", "TO", "WRITTEN");
            for (Segment segment : catalog.segments()) {
                table.add(
                        segment.id(),
                        segment.counts().events(),
                        segment.counts().sessions(),
                        segment.counts().packedBytes(),
                        Times.format(segment.first().recordedAt()),
                        Times.format(segment.last().recordedAt()),
                        Times.format(segment.writtenAt()));
            }
            table.print(console());
            print(catalog.faults());
            if (!catalog.leftovers().isEmpty()) {
                console().note(catalog.leftovers().size() + " files of no segment: being written, or left behind");
            }
        }
        return found(catalog.faults());
    }

    private static int found(List<ArchiveFault> faults) {
        return faults.isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private void print(List<ArchiveFault> faults) {
        if (!faults.isEmpty()) {
            Table table = new Table("FAULT", "SEGMENT", "WHAT");
            faults.forEach(fault -> table.add(ArchiveJson.name(fault.kind()), fault.segment(), fault.message()));
            table.print(console());
        }
    }

    private int show(Archive archive, SegmentId id) {
        Segment segment;
        try {
            segment = archive.segment(id);
        } catch (ArchiveException wrong) {
            if (wrong.fault().kind() != ArchiveFault.Kind.MISSING) {
                throw wrong;
            }
            return notFound("the archive has no segment " + id);
        }
        // It is written for people, too.
        printJson(ArchiveJson.of(segment));
        return ExitCode.OK;
    }

    private int verify(Archive archive, Optional<SegmentId> one) {
        List<ArchiveFault> faults = new ArrayList<>();
        List<SegmentId> ids = new ArrayList<>();
        if (one.isPresent()) {
            ids.add(one.get());
        } else {
            Catalog catalog = archive.list();
            faults.addAll(catalog.faults());
            catalog.segments().forEach(segment -> ids.add(segment.id()));
        }
        ids.forEach(id -> faults.addAll(archive.verify(id)));
        if (json) {
            printJson(ArchiveJson.verified(ids, faults));
        } else {
            print(faults);
            console().out().println(ids.size() + " segments read, " + faults.size() + " faults");
        }
        return found(faults);
    }

    private int restore(Archive archive, Opened opened, List<SegmentId> ids, Duration kept) {
        RestoreReport report;
        try (ProgressBar bar = ProgressBars.bar(console(), dryRun ? "reading" : "restoring", -1, "")) {
            Watcher watcher = ProgressBars.watcher(bar);
            report =
                    lost == null ? restored(archive, opened, ids, kept, watcher) : lost(archive, opened, kept, watcher);
        } catch (WorkFailedException elsewhere) {
            return refused("operation_running", String.valueOf(elsewhere.getMessage()));
        }
        if (json) {
            printJson(RestoreJson.of(report));
        } else if (report.faults().isEmpty()) {
            console()
                    .out()
                    .printf(
                            "%d segments: %d events %s, %d were there%s%n",
                            report.segments(),
                            report.restored(),
                            dryRun ? "would be brought back" : "brought back",
                            report.there(),
                            report.keptUntil()
                                    .map(until -> "; the ceiling leaves them alone until " + Times.format(until))
                                    .orElse(""));
            if (report.refused() > 0) {
                console()
                        .out()
                        .println(report.refused()
                                + " events are refused: the ledger has others of their ids, or had them");
            }
        } else {
            print(report.faults());
            console().out().println("nothing was brought back");
        }
        return report.refused() > 0 ? ExitCode.FINDINGS : found(report.faults());
    }

    /** Before the ledger is there nothing can be on record in it. */
    private RestoreReport lost(Archive archive, Opened opened, Duration kept, Watcher watcher) {
        String id = String.valueOf(lost);
        RestoreReport report = opened.partition()
                .restorer(archive)
                .founder(UUID.fromString(id))
                .run(kept, dryRun, watcher);
        if (!dryRun && report.faults().isEmpty()) {
            opened.workspace().replayErasures().ifPresent(console()::note);
            AuditTrail trail = opened.workspace().trail();
            Map<String, String> said = Map.of("lost", id, "keep", Forms.text(kept));
            trail.outcome(trail.record(request("archives restore", said)), true, Map.of());
        }
        return report;
    }

    /** One that brings nothing back leaves no record, either. */
    private RestoreReport restored(
            Archive archive, Opened opened, List<SegmentId> ids, Duration kept, Watcher watcher) {
        if (dryRun) {
            return run(archive, opened, ids, kept, watcher);
        }
        AuditTrail trail = opened.workspace().trail();
        AuditTrail.Recorded recorded = trail.record(request(
                "archives restore",
                from == null
                        ? Map.of("segments", String.join(" ", subjects), "keep", Forms.text(kept))
                        : Map.of("segments", String.join(" ", subjects), "from", from)));
        boolean done = false;
        try {
            RestoreReport report = run(archive, opened, ids, kept, watcher);
            done = report.faults().isEmpty();
            return report;
        } finally {
            trail.outcome(recorded, done, Map.of());
        }
    }

    private RestoreReport run(Archive archive, Opened opened, List<SegmentId> ids, Duration kept, Watcher watcher) {
        return from == null
                ? opened.partition().restorer(archive).run(ids, kept, dryRun, watcher)
                : new ForeignRestorer(
                                opened.workspace().ledger().log(),
                                archive,
                                settings().get(DurabilitySettings.DEFAULT))
                        .run(ids, dryRun, watcher);
    }

    private int find(Archive archive, OpenPartition one, EventId id) {
        GoneIds ids = new GoneIds(archive, one.archivedIds());
        List<ArchiveFault> faults = ids.refresh();
        Optional<ArchivedEvent> event = ids.find(id);
        if (event.isEmpty()) {
            faults.forEach(fault -> console().note("cannot be searched: " + Console.safe(fault.toString())));
            return notFound("the archive has no event " + id);
        }
        if (json) {
            printJson(ArchiveJson.of(event.get()));
        } else {
            console()
                    .out()
                    .println("event " + id + " is number " + event.get().seq() + " of the ledger, archived in "
                            + event.get().segment() + " at "
                            + Times.format(event.get().archivedAt()));
        }
        return ExitCode.OK;
    }
}
