// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.archive.ArchiveException;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Declaration.Header;
import io.contextgraph.http.contract.Declaration.Reply;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Parameters;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.ports.KnownEvent;
import io.contextgraph.http.ports.WhichPartition;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.operation.Operations;
import io.contextgraph.proof.ProofException;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.audit.AuditingWork;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What others check without trusting this server: proofs, and the log as C2SP tlog-tiles has it; and the audit of everything. */
final class ProofRoutes implements RouteGroup {
    private static final Logger LOG = LoggerFactory.getLogger(ProofRoutes.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String BYTES = "application/octet-stream";
    private static final String FOR_EVER = "max-age=31536000, immutable";
    private static final String ADDRESS = "/v1/proof";

    private static final Parameter<EventId> EVENT_ID =
            Parameter.path(EventFields.EVENT_ID, ValueForm.EVENT_ID, "The event");
    private static final Parameter<Long> EPOCH = Parameter.path(
            "epoch",
            ValueForm.of(
                    Schema.text().matching("^[1-9][0-9]{0,14}$"),
                    "must be the number of an epoch",
                    text -> text.matches("[1-9]\\d{0,14}") ? Optional.of(Long.parseLong(text)) : Optional.empty()),
            "The epoch of the ledger whose log it is");
    private static final Parameter<Tile> TILE = Parameter.path(
            "tile",
            ValueForm.of(
                    Schema.text(),
                    "must be the path of a tile: level/index, the index in groups of three digits, with .p/width where it is"
                            + " not full",
                    text -> Tile.parse("tile/" + text)),
            "Level and index of the tile, as C2SP tlog-tiles has them");
    private static final Parameter<SignedNote> FROM = Parameter.query(
            "from",
            ValueForm.of(
                    Schema.text(),
                    "must be a signed checkpoint, as /v1/proof/checkpoint answers it",
                    ProofRoutes::note),
            "A checkpoint that was kept: whether the log still begins as it did then");
    private static final Parameter<List<VerifierKey>> KEYS = Parameter.query(
            "keys",
            ValueForm.of(Schema.text(), "must be verifier keys, separated by commas", ProofRoutes::keys),
            "By which it must be signed; those of this deployment where nothing is said");
    private static final Parameter<Integer> MAX = Parameter.query(
                    "max", ValueForm.whole(1, Auditor.MOST_NAMED), "Most faults to name; all are counted")
            .otherwise(Auditor.NAMED);

    private static final Declaration PROVE = Declaration.of(
                    "proveEvent",
                    Topic.PROOF,
                    "Prove that an event is in the log, as it was recorded",
                    "A C2SP tlog-proof, which whoever knows the key of the log checks without asking anybody. It holds for events"
                            + " that have gone or were erased, too.")
            .takes(EVENT_ID)
            .answers(new Reply(200, "The proof", TEXT, Schema.text(), List.of()))
            .refuses(
                    ProblemCode.EVENT_NOT_FOUND,
                    ProblemCode.EVENT_GONE,
                    ProblemCode.EVENT_UNSEALED,
                    ProblemCode.PROOF_FAILING);
    private static final Declaration STANDING = Declaration.of(
                    "readProofStanding",
                    Topic.PROOF,
                    "The logs of the ledger, and the keys that verify them",
                    "One for each epoch, the one that grows first.")
            .takes(WhichPartition.SAID)
            .answers(200, "The logs", ProofSchemas.STANDING)
            .refuses(ProblemCode.PROOF_FAILING);
    private static final Declaration AUDIT = Declaration.of(
                    "audit",
                    Topic.PROOF,
                    "Hold everything against what was signed",
                    "Every event in every tier, what was taken out and erased, all that the store holds, and the log itself.")
            .takes(FROM, KEYS, MAX, WhichPartition.SAID)
            .answers(Reply.json(202, "It has begun", AdminSchemas.OPERATION)
                    .with(new Header("Location", "Where to look at it", Schema.text(), true)))
            .refuses(ProblemCode.OPERATION_RUNNING);

    private final HttpPorts ports;
    private final Operations operations;

    ProofRoutes(HttpPorts ports) {
        this.ports = ports;
        this.operations = ports.admin().operations();
    }

    private static Declaration note(String id, String summary, String description, Parameter<Integer> which) {
        return Declaration.of(id, Topic.PROOF, summary, description)
                .takes(which)
                .answers(new Reply(200, "A signed note", TEXT, Schema.text(), List.of()))
                .refuses(ProblemCode.NOTHING_SEALED, ProblemCode.PROOF_FAILING);
    }

    private static Declaration tile(String id, Parameter<Integer> which) {
        return Declaration.of(
                        id,
                        Topic.PROOF,
                        "Hashes of the tree, 32 bytes each",
                        "A tile never changes: it may be kept for ever.")
                .takes(TILE, which)
                .answers(new Reply(200, "The hashes", BYTES, Schema.text(), List.of()))
                .refuses(ProblemCode.NO_SUCH_TILE, ProblemCode.PROOF_FAILING);
    }

    @Override
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>(List.of(
                Route.get("/v1/events/{event_id}/proof", Role.READ, PROVE, this::prove),
                Route.get(ADDRESS, Role.READ, STANDING, this::standing),
                Route.post("/v1/admin/audit", Role.ADMIN, AUDIT, this::audit)));
        routes.addAll(logs(new Place(ADDRESS, "", WhichPartition.SAID, this::proofs)));
        // What reads a log knows its address alone, and puts what it wants behind it.
        routes.addAll(logs(new Place(
                ADDRESS + "/partitions/{partition}", "OfPartition", WhichPartition.IN_PATH, this::proofsInPath)));
        return routes;
    }

    /**
     * Where the logs of a partition are answered.
     *
     * @param suffix of the names of the routes
     * @param which says which partition it is
     * @param proofs of it
     */
    private record Place(
            String address, String suffix, Parameter<Integer> which, Function<Call, HttpPorts.Proofs> proofs) {}

    private static List<Route> logs(Place place) {
        String epochs = place.address() + "/epochs/{epoch}";
        return List.of(
                Route.get(
                        place.address() + "/checkpoint",
                        Role.READ,
                        note(
                                "readCheckpoint" + place.suffix(),
                                "The newest checkpoint of the ledger",
                                "A C2SP tlog-checkpoint: keep it away from here.",
                                place.which()),
                        call -> checkpoint(place.proofs().apply(call), Optional.empty())),
                Route.get(
                        place.address() + "/tile/{tile*}",
                        Role.READ,
                        tile("readTile" + place.suffix(), place.which()),
                        call -> tile(call, place.proofs().apply(call), Optional.empty())),
                Route.get(
                        epochs + "/checkpoint",
                        Role.READ,
                        ofEpoch(note(
                                "readCheckpointOfEpoch" + place.suffix(),
                                "The newest checkpoint of an epoch",
                                "As that of the ledger.",
                                place.which())),
                        call -> checkpoint(place.proofs().apply(call), epoch(call))),
                Route.get(
                        epochs + "/predecessor",
                        Role.READ,
                        ofEpoch(note(
                                "readPredecessorOfEpoch" + place.suffix(),
                                "Which log that of an epoch goes on with",
                                "A signed note: the origin of this log and that of the earlier one, what that had signed last,"
                                        + " and how much both have in common.",
                                place.which())),
                        call -> note(place.proofs().apply(call), epoch(call), StoredLog::predecessor)),
                Route.get(
                        epochs + "/tile/{tile*}",
                        Role.READ,
                        ofEpoch(tile("readTileOfEpoch" + place.suffix(), place.which())),
                        call -> tile(call, place.proofs().apply(call), epoch(call))));
    }

    private static Optional<Long> epoch(Call call) {
        return Optional.of(call.path(EPOCH));
    }

    private static Declaration ofEpoch(Declaration route) {
        return route.takes(EPOCH).refuses(ProblemCode.NO_SUCH_LOG);
    }

    /** Of the partition that the query says, once it is read. */
    private HttpPorts.Proofs proofs(Call call) {
        Parameters parameters = call.parameters();
        HttpPorts.Proofs proofs = WhichPartition.of(ports, parameters).proofs();
        parameters.check();
        return proofs;
    }

    private HttpPorts.Proofs proofsInPath(Call call) {
        call.parameters().check();
        return WhichPartition.inPath(ports, call).proofs();
    }

    private static Optional<SignedNote> note(String text) {
        try {
            SignedNote note = SignedNote.parse(text);
            LogCheckpoint ignored = LogCheckpoint.parse(note.text());
            return Optional.of(note);
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private static Optional<List<VerifierKey>> keys(String text) {
        try {
            List<VerifierKey> keys = new ArrayList<>();
            for (String key : text.split(",", -1)) {
                keys.add(VerifierKey.parse(key));
            }
            return Optional.of(keys);
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private static Answer answering(Supplier<Answer> work) {
        try {
            return work.get();
        } catch (StorageException | ProofException | TileException | ArchiveException failing) {
            LOG.warn("proof: {}", failing.getMessage(), failing);
            throw Problem.unavailable(
                            ProblemCode.PROOF_FAILING,
                            failing instanceof ProofException altered
                                            && altered.reason() == ProofException.Reason.ALTERED
                                    ? "The event is not what was signed for; contextgraph audit says more."
                                    : "The log cannot be read now.",
                            Duration.ofSeconds(5))
                    .raised();
        }
    }

    private Answer prove(Call call) {
        call.parameters().check();
        EventId id = call.path(EVENT_ID);
        return answering(() -> switch (answer(id)) {
            case Prover.Answer.Proven proven ->
                Answer.text(200, TEXT, proven.file().text());
            case Prover.Answer.Unsealed unsealed ->
                throw Problem.of(ProblemCode.EVENT_UNSEALED, "No checkpoint covers the event yet.")
                        .with(EventFields.SEQ, unsealed.seq())
                        .with("sealed", unsealed.sealed())
                        .raised();
            case Prover.Answer.Untold untold ->
                throw KnownEvent.gone(ports, id, untold.gone()).raised();
            case Prover.Answer.Unknown ignored ->
                throw Problem.of(ProblemCode.EVENT_NOT_FOUND, "The ledger has no such event.")
                        .raised();
        });
    }

    /** Of the first partition that knows the event. */
    private Prover.Answer answer(EventId id) {
        return ports.admin().partitions().stream()
                .map(partition -> partition.proofs().proving().prove(id))
                .filter(answer -> !(answer instanceof Prover.Answer.Unknown))
                .findFirst()
                .orElseGet(Prover.Answer.Unknown::new);
    }

    private Answer standing(Call call) {
        HttpPorts.Proofs proofs = proofs(call);
        return answering(() -> Answer.json(200, proofs.proving().standing()));
    }

    private static StoredLog log(HttpPorts.Proofs proofs, Optional<Long> epoch) {
        return proofs.log()
                .apply(epoch)
                .orElseThrow(() -> epoch.isPresent()
                        ? Problem.of(ProblemCode.NO_SUCH_LOG, "There is no log of this epoch.")
                                .raised()
                        : nothing());
    }

    private static RuntimeException nothing() {
        return Problem.of(ProblemCode.NOTHING_SEALED, "Nothing was signed yet.").raised();
    }

    private static Answer checkpoint(HttpPorts.Proofs proofs, Optional<Long> epoch) {
        return note(proofs, epoch, StoredLog::newest);
    }

    private static Answer note(
            HttpPorts.Proofs proofs, Optional<Long> epoch, Function<StoredLog, Optional<SignedNote>> which) {
        return answering(() -> Answer.text(
                200,
                TEXT,
                which.apply(log(proofs, epoch))
                        .orElseThrow(ProofRoutes::nothing)
                        .encoded()));
    }

    private static Answer tile(Call call, HttpPorts.Proofs proofs, Optional<Long> epoch) {
        Tile tile = call.path(TILE);
        return answering(() -> new Answer.Whole(
                200,
                BYTES,
                Map.of("Cache-Control", FOR_EVER),
                find(log(proofs, epoch), tile)
                        .orElseThrow(() -> Problem.of(ProblemCode.NO_SUCH_TILE, "The log has no such tile.")
                                .raised())));
    }

    /** What no checkpoint covers may never be signed, and is not what the log has. */
    private static Optional<byte[]> find(StoredLog log, Tile tile) {
        boolean signed = log.newest()
                .filter(note -> tile.isIn(LogCheckpoint.parse(note.text()).size()))
                .isPresent();
        return signed ? log.find(tile) : Optional.empty();
    }

    private Answer audit(Call call) {
        Parameters parameters = call.parameters();
        Auditor.Request request = new Auditor.Request(
                parameters.find(FROM), parameters.find(KEYS).orElse(List.of()), parameters.get(MAX));
        HttpPorts.Proofs proofs = WhichPartition.of(ports, parameters).proofs();
        parameters.check();
        return OperationRoutes.begin(operations, new AuditingWork(proofs.proving(), request));
    }
}
