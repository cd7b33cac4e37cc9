// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.Json;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
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
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.trim.TierSizes;
import io.contextgraph.operation.Operations;
import io.contextgraph.retention.GroupRelease;
import io.contextgraph.retention.HeldSession;
import io.contextgraph.retention.Retention;
import io.contextgraph.retention.RetentionJson;
import io.contextgraph.retention.RetentionWork;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is taken out of the streams and of the ledger, what holds it up, and what the tiers hold. */
final class RetentionRoutes implements RouteGroup {
    private static final Parameter<Boolean> DRY_RUN =
            Parameter.query("dry_run", ValueForm.FLAG, "Only say what would go").otherwise(false);
    private static final Parameter<String> GROUP = Parameter.query(
                    "group", ValueForm.NAME, "The required group, by its name")
            .mandatory();
    private static final Parameter<String> REASON = Parameter.query(
                    "reason",
                    ValueForm.of(
                            Schema.text().sized(1, GroupRelease.MAX_REASON).matching(ParkedRoutes.REASON_PATTERN),
                            "required",
                            "must say in 1 to " + GroupRelease.MAX_REASON
                                    + " characters why the group may be left behind",
                            text -> Optional.of(text.strip()).filter(GroupRelease::isReason)),
                    "Why the group may be left behind")
            .mandatory();

    private static final Parameter<SessionId> HELD = Parameter.query(
                    EventFields.SESSION_ID, ValueForm.SESSION_ID, "The session, whether or not there is any of it")
            .mandatory();
    private static final Parameter<SessionId> SESSION_ID =
            Parameter.path(EventFields.SESSION_ID, ValueForm.SESSION_ID, "The session");
    private static final Parameter<String> WHY = Parameter.query(
                    "reason",
                    ValueForm.of(
                            Schema.text().sized(1, GroupRelease.MAX_REASON).matching(ParkedRoutes.REASON_PATTERN),
                            "required",
                            "must say in 1 to " + GroupRelease.MAX_REASON + " characters why the session is held",
                            text -> Optional.of(text.strip()).filter(GroupRelease::isReason)),
                    "Why the session is held")
            .mandatory();

    private static final Declaration STATUS = Declaration.of(
                    "getRetention",
                    Topic.OPERATIONS,
                    "How retention stands",
                    "The hot window and the ceiling, how far the streams were trimmed, what has left the ledger, what the last run"
                            + " did, and what holds entries and events up.")
            .takes(WhichPartition.SAID)
            .answers(200, "How it stands", RetentionSchemas.STATUS);
    private static final Declaration RUN = Declaration.of(
                    "runRetention",
                    Topic.OPERATIONS,
                    "Take out of the streams what is older than the hot window, and out of the ledger what is past the ceiling",
                    "Only what every required group has finished. Events leave the ledger when the archive has them.")
            .takes(DRY_RUN, WhichPartition.SAID)
            .answers(Reply.json(202, "It has begun", AdminSchemas.OPERATION)
                    .with(new Header("Location", "Where to look at it", Schema.text(), true)))
            .refuses(ProblemCode.OPERATION_RUNNING);
    private static final Declaration RELEASE = Declaration.of(
                    "releaseGroup",
                    Topic.OPERATIONS,
                    "Let a required group hold nothing up until it has caught up",
                    "The reason is recorded. The group is still given every event.")
            .takes(GROUP, REASON, WhichPartition.SAID)
            .answers(200, "It holds nothing up from the next run on", RetentionSchemas.RELEASE)
            .refuses(ProblemCode.GROUP_NOT_REQUIRED);
    private static final Declaration HOLDS = Declaration.of(
                    "listHolds",
                    Topic.OPERATIONS,
                    "Sessions of which nothing leaves the ledger",
                    "In the order of their ids.")
            .answers(200, "All of them", RetentionSchemas.HOLDS);
    private static final Declaration HOLD = Declaration.of(
                    "holdSession",
                    Topic.OPERATIONS,
                    "Let nothing of a session leave the ledger until it is released",
                    "The reason is recorded. A session of which there is nothing yet can be held; `known` says so.")
            .takes(HELD, WHY)
            .answers(200, "It is held", RetentionSchemas.HOLD);
    private static final Declaration UNHOLD = Declaration.of(
                    "releaseSession",
                    Topic.OPERATIONS,
                    "Hold a session no longer",
                    "What is past the ceiling leaves the ledger with the next run.")
            .takes(SESSION_ID)
            .answers(200, "What was said of it", RetentionSchemas.HOLD)
            .refuses(ProblemCode.HOLD_NOT_FOUND);
    private static final Declaration STATS = Declaration.of(
                    "getStats",
                    Topic.OPERATIONS,
                    "What the tiers of the ledger hold",
                    "Counts are exact, or null where only a walk over everything would tell. Bytes are estimates: those of many"
                            + " keys are made of a sample.")
            .takes(WhichPartition.SAID)
            .answers(200, "What there is", RetentionSchemas.STATS);

    private final HttpPorts ports;
    private final Operations operations;

    RetentionRoutes(HttpPorts ports) {
        this.ports = ports;
        this.operations = ports.admin().operations();
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/admin/retention", Role.ADMIN, STATUS, this::status),
                Route.post("/v1/admin/retention/run", Role.ADMIN, RUN, this::run),
                Route.post("/v1/admin/retention/release", Role.ADMIN, RELEASE, this::release),
                Route.get("/v1/admin/holds", Role.ADMIN, HOLDS, this::holds),
                Route.post("/v1/admin/holds", Role.ADMIN, HOLD, this::hold),
                Route.delete("/v1/admin/holds/{session_id}", Role.ADMIN, UNHOLD, this::unhold),
                Route.get("/v1/admin/stats", Role.ADMIN, STATS, this::stats));
    }

    private Answer status(Call call) {
        Parameters parameters = call.parameters();
        Retention retention = WhichPartition.of(ports, parameters).retention();
        parameters.check();
        return Answer.json(200, RetentionJson.of(retention.status()));
    }

    private Answer run(Call call) {
        Parameters parameters = call.parameters();
        boolean dryRun = parameters.get(DRY_RUN);
        Retention retention = WhichPartition.of(ports, parameters).retention();
        parameters.check();
        return OperationRoutes.begin(operations, new RetentionWork(retention, dryRun));
    }

    private Answer release(Call call) {
        Parameters parameters = call.parameters();
        Optional<String> group = parameters.find(GROUP);
        Optional<String> reason = parameters.find(REASON);
        Retention retention = WhichPartition.of(ports, parameters).retention();
        parameters.check();
        GroupRelease release = retention
                .release(group.orElseThrow(), call.caller().label(), reason.orElseThrow())
                .orElseThrow(() -> Problem.of(
                                ProblemCode.GROUP_NOT_REQUIRED, "This server's settings do not require such a group.")
                        .raised());
        return Answer.json(200, RetentionJson.of(release));
    }

    private Answer holds(Call call) {
        call.parameters().check();
        List<HeldSession> held = ports.admin().partitions().stream()
                .flatMap(partition -> partition.retention().holds().stream())
                .sorted(Comparator.comparing(HeldSession::session))
                .toList();
        return Answer.json(200, RetentionJson.of(held));
    }

    private Answer hold(Call call) {
        Parameters parameters = call.parameters();
        Optional<SessionId> session = parameters.find(HELD);
        Optional<String> reason = parameters.find(WHY);
        parameters.check();
        Retention retention = ports.partitionOf(session.orElseThrow()).retention();
        return Answer.json(
                200,
                RetentionJson.of(
                        retention.hold(session.orElseThrow(), call.caller().label(), reason.orElseThrow())));
    }

    private Answer unhold(Call call) {
        call.parameters().check();
        SessionId session = call.path(SESSION_ID);
        HeldSession released = ports.partitionOf(session)
                .retention()
                .unhold(session)
                .orElseThrow(() -> Problem.of(ProblemCode.HOLD_NOT_FOUND, "Nobody holds this session.")
                        .raised());
        ports.privacy().hurry().run();
        return Answer.json(200, RetentionJson.of(released));
    }

    private Answer stats(Call call) {
        Parameters parameters = call.parameters();
        Partition ledger = WhichPartition.in(ports, parameters);
        parameters.check();
        TierSizes sizes = ledger.tiers().sizes();
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("oldest_entry_at", sizes.oldestEntry().map(Times::format).orElse(null));
        json.set("stream", of(sizes.stream()));
        json.set("session_streams", of(sizes.sessionStreams()));
        json.set("documents", of(sizes.documents()));
        json.set("payloads", of(sizes.payloads()));
        json.set("index", of(sizes.index()));
        json.set("cold", of(sizes.cold()));
        json.set("sessions", of(sizes.sessions()));
        ArrayNode groups = json.putArray("groups");
        sizes.groups()
                .forEach(group -> groups.addObject()
                        .put("group", group.name())
                        .put("consumers", group.consumers())
                        .put("pending", group.pending()));
        ledger.tiers()
                .memory()
                .ifPresentOrElse(
                        memory -> json.putObject("memory")
                                .put("used_bytes", memory.usedBytes())
                                .put("max_bytes", memory.maxBytes()),
                        () -> json.putNull("memory"));
        json.set("second_lock", RetentionJson.of(ledger.trimming().secondLock()));
        return Answer.json(200, json);
    }

    private static ObjectNode of(TierSizes.Tier tier) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        put(json, "count", tier.count());
        put(json, "estimated_bytes", tier.bytes());
        return json;
    }

    private static void put(ObjectNode json, String name, OptionalLong number) {
        if (number.isPresent()) {
            json.put(name, number.getAsLong());
        } else {
            json.putNull(name);
        }
    }
}
