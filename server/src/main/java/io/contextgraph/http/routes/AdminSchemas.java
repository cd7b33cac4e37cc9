// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.audit.AuditPhase;
import io.contextgraph.audit.Difference;
import io.contextgraph.audit.Verification;
import io.contextgraph.backup.BackupVerifying;
import io.contextgraph.backup.BackupWork;
import io.contextgraph.backup.Backups;
import io.contextgraph.event.EventFields;
import io.contextgraph.graph.Stray;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.personal.ErasureSchemas;
import io.contextgraph.operation.Operation;
import io.contextgraph.operation.Watcher;
import io.contextgraph.privacy.erasure.ErasureWork;
import io.contextgraph.projection.Redrive;
import io.contextgraph.proof.audit.AuditingWork;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.restoring.RestoreWork;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.restoring.VerifyingWork;
import io.contextgraph.retention.ArchiveReplay;
import io.contextgraph.retention.CeilingUpkeep;
import io.contextgraph.retention.Retention;
import io.contextgraph.retention.RetentionWork;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The JSON of what operators work with, as the contract has it. */
final class AdminSchemas {
    private static final Schema PARKED = Schema.fields()
            .with("id", Schema.text().saying("Opaque; names the entry among the parked"))
            .with("group", Schema.text().saying("Who could not process it"))
            .with(EventFields.GLOBAL_POSITION, Schema.text())
            .with(EventFields.EVENT_ID, Schema.text().orNull().saying("null where the entry was not readable"))
            .with(EventFields.EVENT_TYPE, Schema.text().orNull())
            .with(EventFields.SESSION_ID, Schema.text().orNull())
            .with(EventFields.SEQ, Schema.whole().orNull())
            .with("reason", Schema.text().saying("Why it failed last"))
            .with("attempts", Schema.whole())
            .with("first_failure", Schema.time())
            .with("parked_at", Schema.time())
            .with(
                    "fields",
                    Schema.map(Schema.text()).saying("The entry as the store delivered it, in the store's own form"))
            .named("Parked");
    static final Schema PARKED_PAGE = Paging.page("parked", PARKED).named("ParkedPage");

    private static final Schema DROPPED_RECORD = Schema.fields()
            .with("id", Schema.text())
            .with("reason", Schema.text().saying("Why it was given up"))
            .with("dropped_at", Schema.time())
            .with("parked", PARKED)
            .named("DroppedRecord");
    static final Schema DROPPED_PAGE = Paging.page("dropped", DROPPED_RECORD).named("DroppedPage");

    static final Schema DROPPED = Schema.fields()
            .with("id", Schema.text())
            .with("reason", Schema.text())
            .named("Dropped");

    static final Schema REDRIVE_REQUEST = Schema.either(
                    Schema.fields()
                            .with("ids", Schema.list(ParkedRoutes.ID.schema()).sized(1, ParkedRoutes.MAX_IDS)),
                    Schema.fields()
                            .with("all", Schema.flag().set("enum", List.of(true)))
                            .maybe("cursor", Schema.text().orNull().saying("The cursor of the last answer to all")))
            .example("{\"all\": true}")
            .named("RedriveRequest");

    private static final List<String> OUTCOMES = names(Redrive.Outcome.values(), Redrive.Outcome::wireName);
    private static final Schema REDRIVEN = Schema.fields()
            .with("id", Schema.text())
            .with(EventFields.EVENT_ID, Schema.text().orNull())
            .with("outcome", Schema.choice(OUTCOMES))
            .with("reason", Schema.text().saying("Empty where it succeeded"));
    static final Schema REDRIVE_RESULT = counts(OUTCOMES)
            .with("results", Schema.list(REDRIVEN))
            .maybe("pagination", Paging.PAGINATION.saying("Only of all"))
            .named("RedriveResult");

    private static final List<String> KINDS = names(Difference.Kind.values(), Difference.Kind::wireName);
    private static final Schema COUNTS =
            Schema.map(Schema.whole()).saying("How many of each kind: " + String.join(", ", KINDS));
    private static final Schema UNSETTLED = Schema.whole()
            .saying("Sessions that the graph had not seen all of, or that changed each time they were compared");
    private static final Schema UNSETTLED_NAMES = Schema.list(Schema.text()).saying("The first 100 of these sessions");
    private static final Schema DIFFERENCES = Schema.list(Schema.fields()
                    .with("kind", Schema.choice(KINDS))
                    .with("session_id", Schema.text())
                    .with("event_id", Schema.text())
                    .with("detail", Schema.text())
                    .named("Difference"))
            .saying("The first 100");
    private static final Schema STRAY = Schema.fields()
            .with("kind", Schema.choice(names(Stray.Kind.values(), Stray.Kind::wireName)))
            .with("id", Schema.text())
            .named("Stray");

    private static final Schema AS_OF = Schema.text()
            .saying("Where the ledger ended when it began: a position, or one of each partition with commas between");

    private static final Schema VERIFY_RESULT = Schema.fields()
            .with("equal", Schema.flag())
            .with(
                    "verdict",
                    Schema.choice(names(Verification.Verdict.values(), Verification.Verdict::wireName))
                            .saying("unsettled: nothing differs, but some sessions could not be compared yet"))
            .with("as_of", AS_OF)
            .with("events", Schema.whole())
            .with("sessions", Schema.whole())
            .with("behind", Schema.whole())
            .with("unsettled_sessions", UNSETTLED)
            .with("unsettled", UNSETTLED_NAMES)
            .with("exact_sessions", Schema.whole())
            .with("counts", COUNTS)
            .with("differences", DIFFERENCES)
            .with("strays", Schema.list(STRAY))
            .named("VerifyResult");

    private static final Schema REPAIR_RESULT = Schema.fields()
            .with("complete", Schema.flag())
            .with("as_of", AS_OF)
            .with("events", Schema.whole())
            .with("repaired_sessions", Schema.whole())
            .with("projected", Schema.whole())
            .with("unsettled_sessions", UNSETTLED)
            .with("unsettled", UNSETTLED_NAMES)
            .with("tidied", Schema.whole())
            .with("counts", COUNTS)
            .with("left", COUNTS)
            .with("refused", Schema.list(Schema.text()).saying("Events that the graph refuses, the first 100"))
            .with("differences", DIFFERENCES)
            .named("RepairResult");

    private static final Schema REBUILD_RESULT = Schema.fields()
            .with("complete", Schema.flag())
            .with("resumed_after_seq", Schema.whole().saying("Of several partitions the sum"))
            .maybe(
                    "resumed_after_seqs",
                    Schema.list(Schema.whole()).saying("Of each partition, where there are several"))
            .with("replayed", Schema.whole())
            .with("repair", REPAIR_RESULT)
            .named("RebuildResult");

    static final Schema BACKUP = Schema.fields()
            .with("format", Schema.whole())
            .with("id", Schema.text())
            .with("taken_at", Schema.time().saying("What was acknowledged by then is in it"))
            .with("version", Schema.text().saying("Of the program that took it"))
            .with("ledger_id", Schema.uuid())
            .with("partition", Schema.whole())
            .with("epoch", Schema.whole())
            .with(
                    EventFields.SEQ,
                    Schema.whole()
                            .saying("The last event in it; where nobody has tried it out, it has this one at least"))
            .with(EventFields.GLOBAL_POSITION, Schema.text())
            .with(
                    "store",
                    Schema.fields()
                            .with("product", Schema.text())
                            .with("version", Schema.text())
                            .with("database", Schema.whole())
                            .with("prefix", Schema.text())
                            .with("modules", Schema.map(Schema.text())))
            .with(
                    "files",
                    Schema.list(Schema.fields()
                            .with("name", Schema.text())
                            .with("bytes", Schema.whole())
                            .with("sha256", Schema.text().matching("^[0-9a-f]{64}$"))
                            .with("rdb_checksum", Schema.flag().saying("Whether Redis has written one into it"))))
            .with(
                    "verification",
                    Schema.fields()
                            .with("verified", Schema.flag())
                            .with("at", Schema.time())
                            .with("detail", Schema.text().saying("What was seen, or why it is not verified"))
                            .maybe(EventFields.SEQ, Schema.whole().saying("The last event that was seen in it"))
                            .maybe(EventFields.GLOBAL_POSITION, Schema.text()))
            .named("Backup");
    static final Schema BACKUPS = Schema.fields()
            .with("backups", Schema.list(BACKUP).saying("Newest first"))
            .named("BackupList");

    private static final Schema PROGRESS = Schema.fields()
            .with("phase", Schema.choice(phases()))
            .with("done", Schema.whole())
            .with("total", Schema.whole())
            .named("OperationProgress");

    static final Schema OPERATION = Schema.fields()
            .with("id", Schema.text())
            .with(
                    "kind",
                    Schema.choice(List.of(
                            "verify",
                            "repair",
                            "rebuild",
                            RetentionWork.KIND,
                            VerifyingWork.KIND,
                            RestoreWork.KIND,
                            BackupWork.KIND,
                            BackupVerifying.KIND,
                            ErasureWork.KIND,
                            AuditingWork.KIND)))
            .with("state", Schema.choice(names(Operation.State.values(), Operation.State::wireName)))
            .with("started_at", Schema.time())
            .with("ended_at", Schema.time().orNull())
            .with("progress", Schema.either(Schema.nothing(), PROGRESS))
            .with(
                    "result",
                    Schema.either(
                            Schema.nothing(),
                            VERIFY_RESULT,
                            REPAIR_RESULT,
                            REBUILD_RESULT,
                            RetentionSchemas.REPORT,
                            ArchiveSchemas.VERIFIED,
                            ArchiveSchemas.RESTORED,
                            BACKUP,
                            ErasureSchemas.RESULT,
                            ProofSchemas.AUDIT_RESULT))
            .with("error", Schema.text().orNull())
            .named("Operation");
    static final Schema OPERATIONS = Schema.fields()
            .with("operations", Schema.list(OPERATION).saying("At most 20"))
            .named("OperationList");

    private AdminSchemas() {}

    private static List<String> phases() {
        Stream<? extends Watcher.Phase> all = Stream.of(
                        AuditPhase.values(),
                        CeilingUpkeep.Phase.values(),
                        Restorer.Phase.values(),
                        Backups.Phase.values(),
                        Auditor.Phase.values())
                .flatMap(Arrays::stream);
        return Stream.concat(
                        Stream.of(Retention.PHASE, Retention.INDEX_PHASE, ArchiveReplay.PHASE),
                        all.map(Watcher.Phase::wireName))
                .distinct()
                .toList();
    }

    private static <E> List<String> names(E[] all, Function<E, String> name) {
        return Arrays.stream(all).map(name).toList();
    }

    private static Schema counts(List<String> names) {
        Schema schema = Schema.fields();
        for (String name : names) {
            schema = schema.with(name, Schema.whole());
        }
        return schema;
    }
}
