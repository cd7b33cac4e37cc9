// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.ArchiveJson;
import io.contextgraph.archive.ArchivedEvent;
import io.contextgraph.archive.Catalog;
import io.contextgraph.archive.SegmentId;
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
import io.contextgraph.http.ports.WhichPartition;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.operation.Operations;
import io.contextgraph.restoring.Archiving;
import io.contextgraph.restoring.RestoreWork;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.restoring.VerifyingWork;
import io.contextgraph.storage.StorageException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** What was archived before it left the ledger: to look at it, to read it back, to bring it back. */
final class ArchiveRoutes implements RouteGroup {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveRoutes.class);
    private static final String ADDRESS = "/v1/admin/archives";

    private static final Parameter<SegmentId> SEGMENT = Parameter.path(
            "segment",
            ValueForm.of(
                    Schema.text().matching("^" + SegmentId.PATTERN + "$"),
                    "must be the id of a segment, as the list of archives shows it",
                    SegmentId::parse),
            "The segment");
    private static final Parameter<EventId> EVENT =
            Parameter.query(EventFields.EVENT_ID, ValueForm.EVENT_ID, "Only the segment that has this event");
    private static final Parameter<Boolean> DRY_RUN = Parameter.query(
                    "dry_run", ValueForm.FLAG, "Only say what would come back")
            .otherwise(false);
    private static final Parameter<Duration> KEEP = Parameter.query(
            "keep",
            ValueForm.of(
                    Schema.text().matching(Restorer.KEEP_PATTERN),
                    "must be 0, or a whole number of up to 4 digits with s, m, h or d, as in 7d",
                    Restorer::keep),
            "How long the ceiling leaves alone what has come back; " + Restorer.KEEP.toDays()
                    + "d where nothing is said");

    private static final Declaration LIST = Declaration.of(
                    "listArchives",
                    Topic.OPERATIONS,
                    "The segments of the archive",
                    "Events that have left the ledger are in them. With `event_id`: the segment that has this event, if any has.")
            .takes(EVENT, WhichPartition.SAID)
            .answers(200, "What there is", ArchiveSchemas.CATALOG)
            .refuses(ProblemCode.NO_ARCHIVE, ProblemCode.ARCHIVE_FAILING);
    private static final Declaration SHOW = Declaration.of(
                    "getArchive",
                    Topic.OPERATIONS,
                    "The manifest of a segment",
                    "Which events it has, and what they add up to.")
            .takes(SEGMENT, WhichPartition.SAID)
            .answers(200, "The manifest", ArchiveSchemas.SEGMENT)
            .refuses(ProblemCode.NO_ARCHIVE, ProblemCode.SEGMENT_NOT_FOUND, ProblemCode.ARCHIVE_FAILING);
    private static final Declaration VERIFY = begins(
            "verifyArchive",
            "Read a segment back, and name what is not as it was written",
            "A segment that is not there is named as `missing`.");
    private static final Declaration RESTORE = begins(
            "restoreArchive",
            "Bring the events of a segment back into the ledger that they have left",
            "With their old numbers and positions. The segment is read and found whole before the first event is written; where"
                    + " it is not, `faults` say why, and nothing comes back. Can be repeated: what is there is left alone.",
            KEEP,
            DRY_RUN);

    private final HttpPorts ports;
    private final Operations operations;

    ArchiveRoutes(HttpPorts ports) {
        this.ports = ports;
        this.operations = ports.admin().operations();
    }

    private static Declaration begins(String id, String summary, String description, Parameter<?>... parameters) {
        return Declaration.of(id, Topic.OPERATIONS, summary, description)
                .takes(SEGMENT, WhichPartition.SAID)
                .takes(parameters)
                .answers(Reply.json(202, "It has begun", AdminSchemas.OPERATION)
                        .with(new Header("Location", "Where to look at it", Schema.text(), true)))
                .refuses(ProblemCode.NO_ARCHIVE, ProblemCode.OPERATION_RUNNING);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(ADDRESS, Role.ADMIN, LIST, this::list),
                Route.get(ADDRESS + "/{segment}", Role.ADMIN, SHOW, this::show),
                Route.post(ADDRESS + "/{segment}/verify", Role.ADMIN, VERIFY, this::verify),
                Route.post(ADDRESS + "/{segment}/restore", Role.ADMIN, RESTORE, this::restore));
    }

    /** What can be done with the archive of the partition that is meant, once all parameters are read. */
    private Archiving archiving(Parameters parameters) {
        Archiving archiving = WhichPartition.of(ports, parameters).archives();
        parameters.check();
        return archiving;
    }

    private static Archive archive(Archiving archives) {
        return archives.archive()
                .get()
                .orElseThrow(() -> Problem.of(ProblemCode.NO_ARCHIVE, "No event of this server's ledger is archived.")
                        .raised());
    }

    private static Answer answering(Supplier<Answer> work) {
        try {
            return work.get();
        } catch (StorageException | UncheckedIOException away) {
            LOG.warn("archive: {}", away.getMessage(), away);
            throw Problem.unavailable(
                            ProblemCode.ARCHIVE_FAILING, "The archive does not answer.", Duration.ofSeconds(5))
                    .raised();
        }
    }

    private Answer list(Call call) {
        Parameters parameters = call.parameters();
        Optional<EventId> event = parameters.find(EVENT);
        Archiving archives = archiving(parameters);
        Archive archive = archive(archives);
        return answering(() -> {
            Catalog catalog = archive.list();
            if (event.isEmpty()) {
                return Answer.json(200, ArchiveJson.of(catalog).putNull("event"));
            }
            Optional<ArchivedEvent> found = archives.finder().apply(event.get());
            ObjectNode json = ArchiveJson.of(catalog.only(segment ->
                    found.isPresent() && segment.id().equals(found.get().segment())));
            found.map(ArchiveJson::of).ifPresentOrElse(one -> json.set("event", one), () -> json.putNull("event"));
            return Answer.json(200, json);
        });
    }

    private Answer show(Call call) {
        Archive archive = archive(archiving(call.parameters()));
        SegmentId id = call.path(SEGMENT);
        return answering(() -> {
            try {
                return Answer.json(200, ArchiveJson.of(archive.segment(id)));
            } catch (ArchiveException wrong) {
                LOG.info("archive: {}", wrong.getMessage());
                throw Problem.of(ProblemCode.SEGMENT_NOT_FOUND, "The archive has no such segment that can be read.")
                        .raised();
            }
        });
    }

    private Answer verify(Call call) {
        Archive archive = archive(archiving(call.parameters()));
        return OperationRoutes.begin(operations, new VerifyingWork(archive, call.path(SEGMENT)));
    }

    private Answer restore(Call call) {
        Parameters parameters = call.parameters();
        Duration keep = parameters.find(KEEP).orElse(Restorer.KEEP);
        boolean dryRun = parameters.get(DRY_RUN);
        Archiving archives = archiving(parameters);
        SegmentId id = call.path(SEGMENT);
        return OperationRoutes.begin(
                operations, new RestoreWork(archives.restorer().apply(archive(archives)), List.of(id), keep, dryRun));
    }
}
