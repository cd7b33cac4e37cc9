// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.capture.file.Capture;
import io.contextgraph.capture.file.ImportMetrics;
import io.contextgraph.capture.file.ImportRun;
import io.contextgraph.capture.file.ImportSummary;
import io.contextgraph.capture.file.ImportSummary.FileReport;
import io.contextgraph.capture.file.StandardInput;
import io.contextgraph.capture.file.TraceFile;
import io.contextgraph.capture.format.CaptureSettings;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.record.Whom;
import io.contextgraph.capture.text.Replaced;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.ProgressBars;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Json;
import io.contextgraph.intake.IntakeSettings;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.privacy.key.DigestKey;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.privacy.setup.PrivacySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code import}: traces of other tools, and events of our own, into the ledger. */
@CommandLine.Command(
        name = "import",
        description = {
            "Imports traces; what a file holds is recognized by its content.",
            "Reads OpenAI chat transcripts, SWE-agent trajectories, OTLP/JSON, OTLP/protobuf and events as NDJSON, such as"
                    + " contextgraph export writes, plain or compressed by gzip or zstd. Importing the same files again adds"
                    + " nothing."
        })
final class ImportCommand extends Command {
    private static final long PAUSE_MILLIS = 100;
    private static final String SUBJECT = "--subject";
    private static final String SUBJECT_ATTRIBUTE = "--subject-attribute";

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description =
                    "Files and folders; folders are read with all below. - is standard input, which is kept in a temporary"
                            + " file until the import ends.")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--session-prefix",
            paramLabel = "TEXT",
            description = "Goes before the session ids of runs whose format has none that are unique.")
    private @Nullable String sessionPrefix;

    @Option(names = "--agent", paramLabel = "ID", description = "Who acted, where the file does not say.")
    private @Nullable String agent;

    @Option(
            names = SUBJECT,
            paramLabel = "ID",
            description =
                    "The person whom all events are about: what they say is sealed. - reads the id from standard input, where"
                            + " no list of processes has it. Needs privacy.keys.")
    private @Nullable String subject;

    @Option(
            names = SUBJECT_ATTRIBUTE,
            paramLabel = "NAME",
            description =
                    "The attribute that names the person whom a record is about, such as user.id: of a span, an event of a log"
                            + " or their resource; of a chat or a trajectory, a field of it or of one of its messages. Records without it"
                            + " are about nobody. Needs privacy.keys.")
    private @Nullable String subjectAttribute;

    @Option(
            names = "--metrics",
            paramLabel = "FILE",
            description = "Also writes the counts in the text format of Prometheus, for a collector of text files.")
    private @Nullable Path metrics;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    ImportCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        requireOneUseOfInput();
        Whom whom = whom();
        try (Workspace workspace = open(Workspace.Needs.LEDGER_TO_FILL)) {
            ImportSummary summary = run(options(workspace, whom), workspace);
            if (metrics != null) {
                ImportMetrics.write(summary, metrics);
            }
            if (json) {
                printJson(toJson(summary));
            } else {
                print(summary, whom, console());
            }
            return exitCode(summary);
        }
    }

    private void requireOneUseOfInput() {
        long asked = paths.stream().filter(StandardInput::isMeant).count();
        if (asked > 1) {
            throw usage(StandardInput.PATH + " is standard input, which can be read once: name it once");
        }
        if (asked > 0 && StandardInput.PATH.equals(subject)) {
            throw usage(SUBJECT + " " + StandardInput.PATH + " reads an id from standard input, which cannot be what is"
                    + " imported as well: name a file");
        }
    }

    /** What is derived of what is said about persons is keyed, here, also where a server seals it. */
    private Whom whom() throws IOException {
        if (subject == null && subjectAttribute == null) {
            return Whom.NOBODY;
        }
        if (subject != null && subjectAttribute != null) {
            throw usage(SUBJECT + " says whom all events are about, and " + SUBJECT_ATTRIBUTE
                    + " what in each record says it: leave one of them out");
        }
        if (subjectAttribute != null && subjectAttribute.isBlank()) {
            throw usage(SUBJECT_ATTRIBUTE + " must name an attribute, such as user.id");
        }
        DigestKey key = PersonalKeys.digests(settings())
                .orElseThrow(
                        () -> new ConfigurationException(
                                List.of(
                                        PrivacySettings.KEYS.key()
                                                + " is empty: what is about persons needs the keys of the deployment, here too where a server seals it;"
                                                + " nothing was read. Name their folder, or make it where there is none: contextgraph privacy init")));
        return subject == null
                ? Whom.named(String.valueOf(subjectAttribute), key)
                : Whom.person(person(idOf(subject)), key);
    }

    private SubjectId person(String id) {
        try {
            return Whom.person(id);
        } catch (IllegalArgumentException unusable) {
            throw usage(SUBJECT + ": " + unusable.getMessage());
        }
    }

    private CaptureOptions options(Workspace workspace, Whom whom) {
        CaptureOptions standard = CaptureOptions.DEFAULTS;
        EventLimits limits = workspace.limits(IntakeSettings.limits(settings()));
        return new CaptureOptions(
                standard.syntheticStart(),
                Optional.ofNullable(sessionPrefix),
                Optional.ofNullable(agent),
                standard.errorTextFails(),
                CaptureSettings.skip(settings()),
                standard.maxDocumentBytes(),
                maxLineBytes(limits),
                whom,
                limits);
    }

    /** Room for every event that a ledger with these limits exports. */
    private static int maxLineBytes(EventLimits limits) {
        return Math.max(CaptureOptions.DEFAULTS.maxLineBytes(), 2 * limits.maxEventBytes());
    }

    private ImportSummary run(CaptureOptions options, Workspace workspace) throws IOException {
        Durability durability = settings().get(DurabilitySettings.DEFAULT);
        try (StandardInput input = new StandardInput(System.in);
                ProgressBar bar = ProgressBars.bar(console(), "importing", -1, " bytes")) {
            return new ImportRun(
                            workspace.ledger(),
                            durability,
                            new Capture(options, clock()),
                            ImportCommand::pause,
                            step -> {
                                bar.maxHint(step.bytesTotal());
                                bar.stepTo(step.bytesDone());
                                bar.setExtraMessage(step.events() + " events");
                            })
                    .run(TraceFile.under(paths, input));
        }
    }

    /** Imports {@code paths} with the standard options; for the demo. */
    static ImportSummary load(List<Path> paths, Workspace workspace, Clock clock) {
        Capture capture = new Capture(CaptureOptions.DEFAULTS, clock);
        return new ImportRun(workspace.ledger(), Durability.MEMORY, capture, ImportCommand::pause, step -> {})
                .run(paths);
    }

    private static void pause(int attempt, LedgerException because) {
        try {
            Thread.sleep(PAUSE_MILLIS << attempt);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw because;
        }
    }

    static int exitCode(ImportSummary summary) {
        if (summary.failure().isPresent()) {
            return ExitCode.UNAVAILABLE;
        }
        return summary.refusedTotal() + summary.conflicts() > 0 ? ExitCode.REFUSED : ExitCode.OK;
    }

    private static void print(ImportSummary summary, Whom whom, Console console) {
        Table table = new Table("FORMAT", "SESSIONS", "EVENTS", "NEW", "DUPLICATE", "REFUSED", "SKIPPED", "FILE");
        for (FileReport file : summary.files()) {
            table.add(
                    file.format().label(),
                    file.sessions(),
                    file.events(),
                    file.added(),
                    file.duplicates(),
                    file.refused() + file.conflicts(),
                    file.skipped(),
                    file.file());
        }
        table.print(console);
        summary.skipped().forEach(skipped -> console.note("skipped  " + line(skipped)));
        summary.left().forEach((what, count) -> console.note("skipped  " + count + " " + Console.safe(what)));
        summary.files().forEach(file -> replaced(file).ifPresent(console::note));
        summary.notes().forEach(note -> console.note("note     " + Console.safe(note)));
        allRefusals(summary).forEach(refusal -> {
            console.note("refused  " + line(refusal));
            refusal.faults()
                    .forEach(fault ->
                            console.note("           " + Console.safe(fault.pointer() + " " + fault.message())));
        });
        summary.files().stream()
                .filter(file ->
                        file.refused() + file.conflicts() > file.refusals().size())
                .forEach(file -> console.note("refused  " + Console.safe(file.file()) + ": only the first "
                        + file.refusals().size() + " of " + (file.refused() + file.conflicts()) + " are shown"));
        summary.failure()
                .ifPresent(failure ->
                        console.note("stopped early: " + failure.reason().code() + ": " + failure.getMessage()
                                + "; what was read before is kept, and the import can be run again"));
        console.out()
                .printf(
                        "%d files, %d sessions, %d events: %d new, %d duplicate, %d refused, %d skipped%n",
                        summary.files().size(),
                        summary.sessions(),
                        summary.events(),
                        summary.added(),
                        summary.duplicates(),
                        summary.refusedTotal() + summary.conflicts(),
                        summary.left().values().stream()
                                .mapToLong(Long::longValue)
                                .sum());
        if (whom.isTold()) {
            console.out()
                    .printf(
                            "about persons: %d events, %d of them refused as their person was erased%n",
                            summary.personal(), summary.erased());
        }
    }

    private static Optional<String> replaced(FileReport file) {
        Replaced replaced = file.replaced();
        return Optional.of(Stream.of(
                                count(
                                        replaced.halves(),
                                        "half of a character became U+FFFD",
                                        "halves of characters became U+FFFD"),
                                count(
                                        replaced.notFinite(),
                                        "number that is not finite became a text",
                                        "numbers that are not finite became texts"))
                        .flatMap(Optional::stream)
                        .collect(Collectors.joining(", ")))
                .filter(text -> !text.isEmpty())
                .map(text -> "changed  " + Console.safe(file.file()) + ": " + text);
    }

    private static Optional<String> count(long number, String one, String many) {
        return number == 0 ? Optional.empty() : Optional.of(number + " " + (number == 1 ? one : many));
    }

    private static Stream<Refusal> allRefusals(ImportSummary summary) {
        return Stream.concat(
                summary.refused().stream(), summary.files().stream().flatMap(file -> file.refusals().stream()));
    }

    private static String line(Refusal refusal) {
        String place = refusal.place().isEmpty() ? "" : ", " + refusal.place();
        return Console.safe(refusal.file() + place + ": " + refusal.reason());
    }

    private static ObjectNode toJson(ImportSummary summary) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode files = answer.putArray("files");
        for (FileReport file : summary.files()) {
            ObjectNode item = files.addObject()
                    .put("file", file.file())
                    .put("format", file.format().label())
                    .put("sessions", file.sessions())
                    .put("events", file.events())
                    .put("new", file.added())
                    .put("duplicates", file.duplicates())
                    .put("conflicts", file.conflicts())
                    .put("refused", file.refused())
                    .put("skipped", file.skipped())
                    .put("about_persons", file.personal())
                    .put("erased", file.erased());
            item.putObject("replaced")
                    .put("half_characters", file.replaced().halves())
                    .put("not_finite_numbers", file.replaced().notFinite());
            item.set("skipped_by", Json.MAPPER.valueToTree(file.left()));
        }
        ArrayNode passed = answer.putArray("files_skipped");
        summary.skipped()
                .forEach(skipped ->
                        passed.addObject().put("file", skipped.file()).put("reason", skipped.reason()));
        ArrayNode refusals = answer.putArray("refusals");
        allRefusals(summary).forEach(refusal -> {
            ObjectNode item = refusals.addObject()
                    .put("file", refusal.file())
                    .put("place", refusal.place())
                    .put("reason", refusal.reason());
            ArrayNode faults = item.putArray("faults");
            refusal.faults()
                    .forEach(fault -> faults.addObject()
                            .put("pointer", fault.pointer())
                            .put("code", fault.code())
                            .put("message", fault.message()));
        });
        answer.set("notes", Json.MAPPER.valueToTree(summary.notes()));
        answer.put("sessions", summary.sessions());
        answer.put("events", summary.events());
        answer.put("new", summary.added());
        answer.put("duplicates", summary.duplicates());
        answer.put("refused", summary.refusedTotal() + summary.conflicts());
        answer.put("about_persons", summary.personal());
        answer.put("erased", summary.erased());
        answer.put(
                "stopped_early", summary.failure().map(f -> f.reason().code()).orElse(null));
        return answer;
    }
}
