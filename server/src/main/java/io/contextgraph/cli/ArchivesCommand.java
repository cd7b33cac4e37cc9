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
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.Table;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Times;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code archives}: what the archive has, whether it is whole, and where an event is in it. */
@CommandLine.Command(
        name = "archives",
        description = {
            "Looks at the events that were archived before they left the ledger.",
            "",
            "  archives list                which segments there are",
            "  archives show SEGMENT        the manifest of one",
            "  archives verify [SEGMENT]    reads one back, or all, and names what is not as it was written",
            "  archives find EVENT          which segment has an event"
        })
final class ArchivesCommand extends Command {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ACTION",
            defaultValue = "list",
            description = "list, show, verify or find.")
    private String action = "list";

    @Parameters(index = "1", arity = "0..1", paramLabel = "SEGMENT|EVENT", description = "Which one.")
    private @Nullable String subject;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    ArchivesCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /** What an action does with the archive of the ledger. */
    private interface Work {
        int with(Archive archive, Workspace workspace);
    }

    @Override
    public Integer call() throws IOException {
        String about = subject;
        Work work = switch (action) {
            case "list" -> {
                if (about != null) {
                    throw usage("list shows all: leave " + about + " out");
                }
                yield (archive, workspace) -> list(archive.list());
            }
            case "show" -> {
                SegmentId id = segment(about);
                yield (archive, workspace) -> show(archive, id);
            }
            case "verify" -> {
                Optional<SegmentId> id = about == null ? Optional.empty() : Optional.of(segment(about));
                yield (archive, workspace) -> verify(archive, id);
            }
            case "find" -> {
                EventId id = EventId.parse(about == null ? "" : about)
                        .orElseThrow(() -> usage("find needs the id of an event (a UUID)"));
                yield (archive, workspace) -> find(archive, workspace, id);
            }
            default -> throw usage("no such action: " + action);
        };
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            if (!workspace.archives()) {
                throw new ConfigurationException(List.of("archive.location is empty: there is no archive"));
            }
            Optional<Archive> archive = workspace.archive();
            return archive.isEmpty() ? notFound("the ledger has no event yet") : work.with(archive.get(), workspace);
        }
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

    private int find(Archive archive, Workspace workspace, EventId id) {
        GoneIds ids = new GoneIds(archive, workspace.archivedIds());
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
