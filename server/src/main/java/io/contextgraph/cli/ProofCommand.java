// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.option.PartitionOption;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.EventId;
import io.contextgraph.proof.ProofException;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.signing.SigningKey;
import io.contextgraph.signing.SigningKeys;
import io.contextgraph.signing.VerifyingKey;
import io.contextgraph.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** What is handed to others, who check it without asking anybody: proofs and checkpoints. */
abstract class ProofCommand extends Command {
    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Writes a file, which must not be there, and not the output.")
    private @Nullable Path out;

    private ProofCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /** Hands it over. */
    final int hand(String text) throws IOException {
        if (out == null) {
            console().out().print(text);
            return ExitCode.OK;
        }
        try {
            Path ignored = Files.writeString(out, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException there) {
            throw usage(out + " is there already, and nothing is written over: name another file");
        }
        console().note("written to " + out);
        return ExitCode.OK;
    }

    final boolean writesFile() {
        return out != null;
    }

    /** {@code prove}: that an event is in the log. */
    @CommandLine.Command(
            name = "prove",
            description = {
                "Proves that an event is in the log of this ledger, as it was recorded.",
                "",
                "What it prints is checked by anybody who knows the key of the log, without asking this program or its stores:"
                        + " docs/check_proof.py does it in 90 lines, and others' programs for C2SP tlog-proof do. It holds for an"
                        + " event that has gone or was erased, too."
            })
    static final class Prove extends ProofCommand {
        @Parameters(paramLabel = "EVENT", description = "The event's id.")
        private String id = "";

        Prove(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        public Integer call() throws IOException {
            EventId event = EventId.parse(id).orElseThrow(() -> usage("not an event id (a UUID): " + id));
            Prover.Answer answer;
            try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
                answer = workspace.partitions().stream()
                        .map(one -> one.proving().prove(event))
                        .filter(one -> !(one instanceof Prover.Answer.Unknown))
                        .findFirst()
                        .orElseGet(Prover.Answer.Unknown::new);
            } catch (ProofException | StorageException | TileException wrong) {
                boolean altered =
                        wrong instanceof ProofException told && told.reason() == ProofException.Reason.ALTERED;
                return failed(
                        altered ? ExitCode.FINDINGS : ExitCode.UNAVAILABLE,
                        "proof_failing",
                        String.valueOf(wrong.getMessage()));
            }
            return switch (answer) {
                case Prover.Answer.Proven proven -> hand(proven.file().text());
                case Prover.Answer.Unsealed unsealed ->
                    failed(
                            ExitCode.UNSETTLED,
                            "event_unsealed",
                            "event " + event + " has seq " + unsealed.seq() + ", and the newest checkpoint covers "
                                    + unsealed.sealed()
                                    + " events: ask again when a server has signed for it, in some seconds");
                case Prover.Answer.Untold untold ->
                    notFound("event " + event + " has gone (" + untold.gone().why()
                            + "), and neither archive nor files of ids tell what its hash was");
                case Prover.Answer.Unknown ignored -> notFound("the ledger has no event " + event);
            };
        }
    }

    /** {@code checkpoint}: what was signed last, and by whom. */
    @CommandLine.Command(
            name = "checkpoint",
            description = {
                "Shows and hands over what was signed last for the whole ledger, and looks after the keys that sign it.",
                "",
                "  checkpoint show      the logs of the ledger, and the keys that verify them",
                "  checkpoint export    the newest checkpoint, to be kept away from here:",
                "                       contextgraph audit --from FILE holds the ledger",
                "                       against it",
                "  checkpoint rotate    adds a key that signs beside those that do",
                "  checkpoint retire    has only the newest key sign from now on; the others",
                "                       still verify what they have signed",
                "",
                "A server takes another file of keys at once. Whoever checks proofs must be told the new key before the old one is"
                        + " retired."
            })
    static final class Checkpoint extends ProofCommand {
        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "ACTION",
                defaultValue = "show",
                description = "show, export, rotate or retire.")
        private String action = "show";

        @Option(names = "--json", description = "Prints JSON.")
        private boolean json;

        @Mixin
        private final PartitionOption partition = new PartitionOption();

        Checkpoint(Surroundings surroundings) {
            super(surroundings);
        }

        @Override
        Optional<String> onStores() {
            return action.equals("rotate") || action.equals("retire")
                    ? Optional.of("checkpoint " + action)
                    : super.onStores();
        }

        @Override
        public Integer call() throws IOException {
            if (writesFile() && !action.equals("export")) {
                throw usage("--out goes with export");
            }
            return switch (action) {
                case "show" -> show();
                case "export" -> export();
                case "rotate" -> changed(proofKeys().rotate());
                case "retire" -> changed(proofKeys().retire());
                default -> throw usage("no such action: " + action + "; there are show, export, rotate and retire");
            };
        }

        private int show() throws IOException {
            JsonNode standing;
            try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
                standing = partition.of(workspace.partitions()).proving().standing();
            }
            if (json) {
                printJson(standing);
                return ExitCode.OK;
            }
            for (JsonNode log : standing.required("logs")) {
                print("log", log.required("origin").stringValue());
                print("  signed for", log.required("size").longValue() + " events");
                log.optional("root")
                        .filter(root -> !root.isNull())
                        .ifPresent(root -> print("  root", root.stringValue()));
                log.required("keys").forEach(key -> print("  key", key.stringValue()));
                log.required("witnesses")
                        .forEach(witness -> print(
                                "  witness",
                                witness.required("name").stringValue()
                                        + witness.optional("at")
                                                .filter(at -> !at.isNull())
                                                .map(at -> " has cosigned at " + at.stringValue())
                                                .orElse(" has not cosigned that")));
                JsonNode before = log.required("predecessor");
                if (!before.isNull()) {
                    print(
                            "  goes on with",
                            before.required("origin").stringValue() + ", of which "
                                    + before.required("common").longValue() + " events are common and "
                                    + before.required("cut").longValue() + " lost");
                }
            }
            print("events", Long.toString(standing.required("head").longValue()));
            return ExitCode.OK;
        }

        private void print(String name, String value) {
            console().out().printf("%-16s %s%n", name, Console.safe(value));
        }

        private int export() throws IOException {
            Optional<SignedNote> note;
            try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
                note = partition.of(workspace.partitions()).proving().checkpoint();
            }
            return note.isPresent()
                    ? hand(note.get().encoded())
                    : failed(
                            ExitCode.UNSETTLED,
                            "nothing_sealed",
                            "nothing was signed yet: a server signs some seconds after the first event came");
        }

        private int changed(SigningKeys keys) {
            keys.signing().stream().map(SigningKey::shown).map(VerifyingKey::id).forEach(key -> print("signs", key));
            keys.retired().stream().map(VerifyingKey::id).forEach(key -> print("has signed", key));
            return ExitCode.OK;
        }
    }
}
