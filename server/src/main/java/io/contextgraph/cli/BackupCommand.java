// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupJson;
import io.contextgraph.backup.BackupStore;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.ProgressBars;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.option.PartitionOption;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import io.contextgraph.operation.WorkFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code backup}: copies of everything that Redis holds, and the way back. */
@CommandLine.Command(
        name = "backup",
        description = {
            "Takes, lists, verifies and restores backups of what holds the ledger, in the place that backup.location names.",
            "",
            "  backup list                       what there is, newest first",
            "  backup create                     takes one; servers may run",
            "  backup verify ID                  reads one back and starts a Redis on it",
            "  backup restore ID                 puts one into an empty data folder; where",
            "                                    redis.url is set and that Redis runs on the",
            "                                    backup, only does what comes after",
            "  backup restore ID --to FILE       writes its RDB file down, for another Redis,",
            "                                    and says how to go on",
            "",
            "A server lists, takes and verifies those that it keeps; a restore is done on the stores, while no server runs on them.",
            "It begins a new epoch of the ledger, and says which events are missing as far as anything still knows of"
                    + " them."
        })
final class BackupCommand extends Command {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ACTION",
            description = "list, create, verify or restore (default: ${DEFAULT-VALUE}).")
    private String action = "list";

    @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "A backup.")
    private @Nullable String id;

    @Option(names = "--to", paramLabel = "FILE", description = "Writes the RDB file here.")
    private @Nullable Path to;

    @Option(names = "--max", paramLabel = "N", description = "Most missing events to name (default: ${DEFAULT-VALUE}).")
    private int max = 100;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final PartitionOption partition = new PartitionOption();

    BackupCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        if (max < 0) {
            throw usage("--max must not be negative: " + max);
        }
        if (to != null && !action.equals("restore")) {
            throw usage("--to is for restore");
        }
        boolean named = action.equals("verify") || action.equals("restore");
        if (named == (id == null)) {
            throw usage(named ? "name the backup: contextgraph backup list" : "ID is for verify and restore");
        }
        try {
            return switch (action) {
                case "list" -> kept(this::list);
                case "create" -> create();
                case "verify" -> kept(this::verify);
                case "restore" -> restore();
                default -> throw usage("no such action: " + action);
            };
        } catch (WorkFailedException failed) {
            return refused("backup_failed", String.valueOf(failed.getMessage()));
        }
    }

    /** A restore is of stores on which no server runs. */
    @Override
    Optional<String> onStores() {
        return action.equals("restore") ? Optional.of("backup restore") : Optional.empty();
    }

    private int kept(ToIntFunction<BackupStore> work) throws IOException {
        if (server().isPresent()) {
            try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
                return work.applyAsInt(partition.of(workspace.partitions()).backups());
            }
        }
        try (Workspace.BackupDesk desk = openBackups(settings(), partition)) {
            return work.applyAsInt(desk);
        }
    }

    private int list(BackupStore backups) {
        List<Backup> all = backups.list();
        if (json) {
            printJson(BackupJson.of(all));
            return ExitCode.OK;
        }
        Table table = new Table("BACKUP", "TAKEN", "EVENTS", "EPOCH", "BYTES", "OF", "VERIFIED");
        all.forEach(backup -> table.add(
                backup.id(),
                Times.format(backup.at()),
                backup.head().seq(),
                backup.epoch(),
                backup.bytes(),
                backup.store().describe(),
                backup.trial().verified() ? Times.format(backup.trial().at()) : "no"));
        table.print(console());
        return ExitCode.OK;
    }

    private int create() throws IOException {
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            return tell(workspace.server().isPresent() ? backUp(workspace) : recorded(workspace));
        }
    }

    private Backup backUp(Workspace workspace) {
        try (ProgressBar bar = ProgressBars.bar(console(), "backing up", -1, "")) {
            return partition.of(workspace.partitions()).backUp(ProgressBars.watcher(bar));
        }
    }

    /** A server records by itself what it is asked for. */
    private Backup recorded(Workspace workspace) {
        AuditTrail trail = workspace.trail();
        AuditTrail.Recorded recorded = trail.record(request("backup create", Map.of()));
        Optional<Backup> taken = Optional.empty();
        try {
            taken = Optional.of(backUp(workspace));
            return taken.get();
        } finally {
            trail.outcome(
                    recorded, taken.isPresent(), taken.map(Backup::recorded).orElse(Map.of()));
        }
    }

    private int tell(Backup backup) {
        if (json) {
            printJson(BackupJson.of(backup));
        } else {
            console()
                    .out()
                    .printf(
                            "backup %s: %d events, %d bytes of %s, %s: %s%n",
                            backup.id(),
                            backup.head().seq(),
                            backup.bytes(),
                            backup.store().describe(),
                            backup.trial().verified() ? "verified" : "NOT verified",
                            backup.trial().detail());
        }
        return backup.trial().verified() ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private int verify(BackupStore backups) {
        Optional<Backup> backup = backups.find(String.valueOf(id));
        if (backup.isEmpty()) {
            return unknown();
        }
        try (ProgressBar bar = ProgressBars.bar(console(), "verifying", -1, "")) {
            return tell(backups.verify(backup.get(), ProgressBars.watcher(bar)));
        }
    }

    private int unknown() {
        return notFound("there is no backup " + id + ": contextgraph backup list");
    }

    private int restore() throws IOException {
        try (Workspace.BackupDesk desk = openBackups(settings(), partition)) {
            Optional<Backup> backup = desk.find(String.valueOf(id));
            if (backup.isEmpty()) {
                return unknown();
            }
            return to == null ? restore(desk, backup.get()) : fetch(desk, backup.get(), to);
        }
    }

    private int fetch(Workspace.BackupDesk desk, Backup backup, Path file) {
        if (Files.exists(file)) {
            throw usage(file + " is there already");
        }
        desk.fetch(backup, file);
        console().out().println(file + " is the snapshot of " + backup.store().describe() + ". To go on with it:");
        List.of(
                        "stop every server of Context Graph, then Redis, which must be of this version or newer"
                                + (backup.store().modules().isEmpty() ? "" : ", with the same modules"),
                        "move appendonlydir and dump.rdb out of the folder that its setting dir names",
                        "copy the file there as dump.rdb (dbfilename), readable by the user of Redis",
                        "start Redis with appendonly no: with yes it would begin empty",
                        "redis-cli CONFIG SET appendonly yes, wait until INFO persistence has aof_rewrite_in_progress:0, and set"
                                + " it so in redis.conf",
                        "contextgraph backup restore " + backup.id()
                                + " with redis.url: it begins a new epoch and says what is missing",
                        "start the servers; contextgraph repair makes the graph what the ledger says")
                .forEach(step -> console().out().println("  - " + step));
        return ExitCode.OK;
    }

    private int restore(Workspace.BackupDesk desk, Backup backup) throws IOException {
        Workspace.Restored restored;
        try (StartProgress progress = new StartProgress(console());
                ProgressBar bar = ProgressBars.bar(console(), "restoring", -1, "")) {
            restored = desk.restore(
                    backup,
                    request("backup restore", Map.of("backup", backup.id())),
                    max,
                    progress,
                    ProgressBars.watcher(bar));
        }
        if (json) {
            printJson(toJson(backup, restored));
            return ExitCode.OK;
        }
        console()
                .out()
                .printf(
                        "restored %s: %d events up to %s, epoch %d has begun%n",
                        backup.id(), restored.head().seq(), restored.head().position(), restored.epoch());
        console()
                .out()
                .println(restored.missing()
                        .orElse("no checkpoint knows of events behind these: what was appended after "
                                + Times.format(backup.at()) + " is missing, if there was anything"));
        restored.foreign()
                .ifPresent(count -> console()
                        .out()
                        .println("the graph has " + count + " events that the ledger does not have"
                                + (count > 0 ? ": contextgraph repair takes them out" : "")));
        ComparingCommand.printNamed(console(), restored.named());
        return ExitCode.OK;
    }

    private static ObjectNode toJson(Backup backup, Workspace.Restored restored) {
        ObjectNode answer = Json.MAPPER
                .createObjectNode()
                .put("backup", backup.id())
                .put("events", restored.head().seq())
                .put(EventFields.GLOBAL_POSITION, restored.head().position().toString())
                .put("epoch", restored.epoch())
                .put("missing", restored.missing().orElse(null))
                .put("foreign_events", restored.foreign().orElse(null));
        ArrayNode named = answer.putArray("missing_events");
        restored.named().forEach(event -> named.add(event.node()));
        return answer;
    }
}
