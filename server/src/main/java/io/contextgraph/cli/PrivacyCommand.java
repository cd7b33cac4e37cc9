// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureJson;
import io.contextgraph.privacy.erasure.ErasureReport;
import io.contextgraph.privacy.erasure.ErasureWork;
import io.contextgraph.privacy.erasure.RememberedErasures;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyRotation;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.privacy.setup.PrivacySettings;
import io.contextgraph.privacy.subject.ShownPayload;
import io.contextgraph.privacy.subject.SubjectJson;
import io.contextgraph.privacy.subject.SubjectStanding;
import io.contextgraph.privacy.subject.Subjects;
import io.contextgraph.retention.Rest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code privacy}: what is about persons, and the keys that seal it. */
@CommandLine.Command(
        name = "privacy",
        description = {
            "What is about persons, and the keys that seal it. Works on the stores; the same is asked of a server with a key"
                    + " that has the role privacy.",
            "",
            "  privacy init           makes keys in the folder that privacy.keys names",
            "  privacy payload REF    shows a payload, opened, by the payload_ref of its",
            "                         event or the id of that",
            "  privacy subject ID     where what is about a person is",
            "  privacy export ID      all that is about a person, a line of JSON each",
            "  privacy erase ID       erases a person, and tells what was found and done",
            "                         in each place, and what remains",
            "  privacy authorise ID   lets a person return who was erased",
            "  privacy rotate         wraps the keys of all persons by a newer key",
            "  privacy receipt-key    shows the key by which anybody checks receipts",
            "",
            "Instead of ID you may write -, and give the id on standard input, where no list of processes has it. Each look is"
                    + " on record in the session system.audit, with the pseudonym of the person, never the id.",
            "Keep a copy of the files wrapping.key and pseudonyms.key apart from everything else: without them nothing can be"
                    + " opened that was sealed. Backups of the data never have keys."
        })
final class PrivacyCommand extends Command {
    @Parameters(
            index = "0",
            paramLabel = "ACTION",
            description = "init, payload, subject, export, erase, authorise, rotate or receipt-key.")
    private String action = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "WHAT", description = "A payload, or a person.")
    private @Nullable String what;

    PrivacyCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        return switch (action) {
            case "init" -> init();
            case "payload" -> payload();
            case "subject" -> subject();
            case "export" -> export();
            case "erase" -> erase();
            case "authorise" -> authorise();
            case "rotate" -> rotate();
            case "receipt-key" -> receiptKey();
            default -> throw usage("no such action: " + action);
        };
    }

    private int init() {
        Settings settings = settings();
        Path folder = folder(settings);
        String made = PersonalKeys.create(settings, folder);
        console()
                .note("made keys, " + made + ": keep a copy of the files *.key in " + folder
                        + ", away from the data and its backups");
        return ExitCode.OK;
    }

    private static Path folder(Settings settings) {
        return settings.get(PrivacySettings.KEYS)
                .orElseThrow(() -> new ConfigurationException(List.of(PrivacySettings.KEYS.key()
                        + " is empty: name the folder that has the keys, or is to have them, away from the data and its"
                        + " backups")));
    }

    private int rotate() {
        Settings settings = settings();
        KeyRotation.Report report = PersonalKeys.rotate(settings, folder(settings));
        console()
                .note(report.wrapped() + " keys of persons are wrapped anew, " + report.current()
                        + " were already; keep a copy of the files *.key as they are now. Before you take an older version"
                        + " away, start all servers anew and rotate once more");
        return ExitCode.OK;
    }

    private int receiptKey() {
        console().out().print(PersonalKeys.receiptKey(folder(settings())));
        return ExitCode.OK;
    }

    private String what() {
        if (what == null) {
            throw usage("say which: privacy " + action + " needs one more word");
        }
        return what;
    }

    private static Subjects subjects(Workspace workspace) {
        return workspace
                .subjects()
                .orElseThrow(() -> new ConfigurationException(
                        List.of(PrivacySettings.KEYS.key() + " is empty: there are no keys that could open anything")));
    }

    private int payload() throws IOException {
        String ref = what();
        EventId id = Event.ofStoredPayloadRef(ref)
                .orElseThrow(() -> usage("REF must be payload: and the UUID of an event, or the UUID alone: " + ref));
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            Subjects subjects = subjects(workspace);
            return audited(
                    workspace,
                    Map.of(EventFields.EVENT_ID, id.toString()),
                    () -> switch (workspace.ledger().log().find(id)) {
                        case Lookup.Found found -> payload(found.event().event(), subjects, workspace);
                        case Lookup.Gone gone ->
                            notFound("the ledger had event " + id + " until " + gone.at() + ": " + gone.why());
                        case Lookup.Unknown ignored -> notFound("the ledger has never had event " + id);
                    });
        }
    }

    private int payload(Event event, Subjects subjects, Workspace workspace) {
        return switch (ShownPayload.of(event, subjects::open)) {
            case ShownPayload.Whole shown -> {
                printJson(SubjectJson.of(event, shown.payload()));
                yield ExitCode.OK;
            }
            case ShownPayload.Erased ignored -> erased(event, workspace);
            case ShownPayload.Elsewhere ignored ->
                notFound(
                        "event " + event.id() + " has brought no payload: it is where " + event.payloadRef() + " says");
        };
    }

    private int erased(Event event, Workspace workspace) {
        ObjectNode told = SubjectJson.of(event, Optional.empty());
        RememberedErasures remembered =
                new RememberedErasures(workspace.ledger().personal().erasures());
        event.dataSubjectId()
                .flatMap(Pseudonym::parse)
                .flatMap(remembered::receipt)
                .ifPresent(receipt -> told.set("receipt", ErasureJson.of(receipt)));
        printJson(told);
        return notFound("the person whom the payload of event " + event.id() + " was about was erased");
    }

    private SubjectId id() throws IOException {
        return new SubjectId(idOf(what()));
    }

    private int subject() throws IOException {
        SubjectId id = id();
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            Subjects subjects = subjects(workspace);
            return audited(workspace, recorded(subjects, id), () -> {
                SubjectStanding standing = subjects.standing(id);
                if (!standing.isKnown()) {
                    return unknown();
                }
                printJson(SubjectJson.of(standing));
                return ExitCode.OK;
            });
        }
    }

    private int export() throws IOException {
        SubjectId id = id();
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            Subjects subjects = subjects(workspace);
            return audited(workspace, recorded(subjects, id), () -> {
                if (!subjects.isKnown(id)) {
                    return unknown();
                }
                Subjects.Exported exported =
                        subjects.export(id, line -> console().out().println(Json.MAPPER.writeValueAsString(line)));
                console().out().println(Json.MAPPER.writeValueAsString(SubjectJson.of(exported)));
                exported.unread().forEach(segment -> console().note("cannot be read: " + segment));
                return exported.unread().isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
            });
        }
    }

    private int erase() throws IOException {
        SubjectId id = id();
        try (Workspace workspace = open(Workspace.Needs.LEDGER_AND_GRAPH)) {
            Subjects subjects = subjects(workspace);
            Eraser eraser = workspace.eraser().orElseThrow();
            return audited(workspace, recorded(subjects, id), () -> {
                if (!subjects.isKnown(id)) {
                    return unknown();
                }
                return erase(workspace, eraser, subjects.namesOf(id));
            });
        }
    }

    private int erase(Workspace workspace, Eraser eraser, List<Pseudonym> names) {
        try (Operations operations = workspace.operations()) {
            ObjectNode told = new ErasureWork(eraser, names).runAlone(operations, Rest::sleeping);
            if (told.path("report").isNull()) {
                return unknown();
            }
            printJson(told);
            return ExitCode.OK;
        } catch (WorkFailedException failed) {
            Optional<ErasureReport> held =
                    eraser.report(names.getFirst()).filter(report -> report.state() == ErasureReport.State.HELD);
            held.ifPresent(report -> printJson(ErasureJson.of(report)));
            int code = held.isPresent() ? ExitCode.REFUSED : ExitCode.UNAVAILABLE;
            return failed(code, "erasure_unfinished", String.valueOf(failed.getMessage()));
        }
    }

    private int authorise() throws IOException {
        SubjectId id = id();
        try (Workspace workspace = open(Workspace.Needs.LEDGER_AND_GRAPH)) {
            Subjects subjects = subjects(workspace);
            Eraser eraser = workspace.eraser().orElseThrow();
            return audited(workspace, recorded(subjects, id), () -> {
                if (!subjects.isKnown(id)) {
                    return unknown();
                }
                Erasures now = eraser.authorise(subjects.namesOf(id)).getFirst();
                printJson(SubjectJson.authorised(now));
                return ExitCode.OK;
            });
        }
    }

    private int unknown() {
        return notFound("nothing is known of this person");
    }

    private static Map<String, String> recorded(Subjects subjects, SubjectId id) {
        return Map.of(EventFields.DATA_SUBJECT_ID, subjects.nameOf(id).toString());
    }

    /** Looks only where that is on record. */
    private int audited(Workspace workspace, Map<String, String> details, Supplier<Integer> look) {
        AuditTrail trail = workspace.trail();
        AuditTrail.Recorded recorded = trail.record(request("privacy " + action, details));
        boolean done = false;
        try {
            int code = look.get();
            done = code == ExitCode.OK;
            return code;
        } finally {
            trail.outcome(recorded, done, Map.of());
        }
    }
}
