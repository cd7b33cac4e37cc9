// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupJson;
import io.contextgraph.backup.BackupVerifying;
import io.contextgraph.backup.BackupWork;
import io.contextgraph.backup.Backups;
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
import io.contextgraph.operation.WorkFailedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Backups of what holds the ledger: to look at them, to take one, to try one out. */
final class BackupRoutes implements RouteGroup {
    private static final Logger LOG = LoggerFactory.getLogger(BackupRoutes.class);
    private static final String ADDRESS = "/v1/admin/backups";

    private static final Parameter<String> ID = Parameter.path(
            "id", new ValueForm<>(Schema.text(), (ignored, text) -> text), "The backup, as the list of them shows it");

    private static final Declaration LIST = Declaration.of(
                    "listBackups",
                    Topic.OPERATIONS,
                    "The backups that there are, newest first",
                    "All in the place that the server keeps them in, of whatever ledger they are.")
            .takes(WhichPartition.SAID)
            .answers(200, "What there is", AdminSchemas.BACKUPS)
            .refuses(ProblemCode.NO_BACKUPS, ProblemCode.BACKUPS_UNAVAILABLE);
    private static final Declaration SHOW = Declaration.of(
                    "getBackup", Topic.OPERATIONS, "A backup", "What it is of, and what came of trying it out.")
            .takes(ID, WhichPartition.SAID)
            .answers(200, "The backup", AdminSchemas.BACKUP)
            .refuses(ProblemCode.NO_BACKUPS, ProblemCode.BACKUP_NOT_FOUND, ProblemCode.BACKUPS_UNAVAILABLE);
    private static final Declaration CREATE = begins(
            "createBackup",
            "Take a backup of the Redis that holds the ledger",
            "While it serves. It is read back where it is stored and, unless `backup.verify` is false, tried out by a Redis that"
                    + " is started on it beside this server. It counts even where that fails: `verification` says why. Older"
                    + " ones go, as `backup.keep` says. To restore one is a command, `contextgraph backup restore`, on stores on"
                    + " which no server runs.");
    private static final Declaration VERIFY = begins(
                    "verifyBackup",
                    "Read a backup back and try it out",
                    "A Redis is started on it beside this server; what came of that is remembered with the backup.")
            .takes(ID)
            .refuses(ProblemCode.BACKUP_NOT_FOUND, ProblemCode.BACKUPS_UNAVAILABLE);

    private final HttpPorts ports;
    private final Operations operations;

    BackupRoutes(HttpPorts ports) {
        this.ports = ports;
        this.operations = ports.admin().operations();
    }

    private static Declaration begins(String id, String summary, String description) {
        return Declaration.of(id, Topic.OPERATIONS, summary, description)
                .takes(WhichPartition.SAID)
                .answers(Reply.json(202, "It has begun", AdminSchemas.OPERATION)
                        .with(new Header("Location", "Where to look at it", Schema.text(), true)))
                .refuses(ProblemCode.NO_BACKUPS, ProblemCode.OPERATION_RUNNING);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(ADDRESS, Role.ADMIN, LIST, this::list),
                Route.post(ADDRESS, Role.ADMIN, CREATE, this::create),
                Route.get(ADDRESS + "/{id}", Role.ADMIN, SHOW, this::show),
                Route.post(ADDRESS + "/{id}/verify", Role.ADMIN, VERIFY, this::verify));
    }

    private BackupWork kept(Call call) {
        Parameters parameters = call.parameters();
        Supplier<Optional<BackupWork>> backups =
                WhichPartition.of(ports, parameters).backups();
        parameters.check();
        return backups.get()
                .orElseThrow(() -> Problem.of(ProblemCode.NO_BACKUPS, "This server keeps no backups.")
                        .raised());
    }

    private static <T> T answered(Supplier<T> work) {
        try {
            return work.get();
        } catch (WorkFailedException away) {
            LOG.warn("backups: {}", away.getMessage(), away);
            throw Problem.unavailable(
                            ProblemCode.BACKUPS_UNAVAILABLE,
                            "The place where backups are kept does not answer.",
                            Duration.ofSeconds(5))
                    .raised();
        }
    }

    private static Backup find(Backups backups, String id) {
        return answered(() -> backups.find(id))
                .orElseThrow(() -> Problem.of(ProblemCode.BACKUP_NOT_FOUND, "There is no such backup.")
                        .raised());
    }

    private Answer list(Call call) {
        Backups all = kept(call).backups();
        return Answer.json(200, BackupJson.of(answered(all::list)));
    }

    private Answer show(Call call) {
        return Answer.json(200, BackupJson.of(find(kept(call).backups(), call.path(ID))));
    }

    private Answer create(Call call) {
        return OperationRoutes.begin(operations, kept(call));
    }

    private Answer verify(Call call) {
        Backups all = kept(call).backups();
        return OperationRoutes.begin(operations, new BackupVerifying(all, find(all, call.path(ID))));
    }
}
