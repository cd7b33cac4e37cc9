// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.SessionId;
import io.contextgraph.operation.Watcher;
import io.contextgraph.retention.GroupRelease;
import io.contextgraph.retention.HeldSession;
import io.contextgraph.retention.Retaining;
import io.contextgraph.retention.RetentionJson;
import io.contextgraph.retention.RetentionReport;
import io.contextgraph.retention.RetentionStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Retention of a server; who releases a group, the server knows by the key. */
final class RemoteRetaining implements Retaining {
    private static final String RETENTION = "retention";
    private static final String HOLDS = "/v1/admin/holds";

    private final Api api;
    private final Map<String, String> where;
    private final RemoteOperation operation;

    /** @param where what a request says that is about one partition */
    RemoteRetaining(Api api, Map<String, String> where, RemoteOperation operation) {
        this.api = api;
        this.where = where;
        this.operation = operation;
    }

    @Override
    public RetentionReport run(boolean dryRun, Watcher watcher) {
        return RetentionJson.report(operation.run(
                RETENTION + "/run", RemoteDesk.with(where, Map.of("dry_run", Boolean.toString(dryRun))), watcher));
    }

    @Override
    public RetentionStatus status() {
        return RetentionJson.status(api.get("/v1/admin/" + RETENTION, where));
    }

    @Override
    public Optional<GroupRelease> release(String group, String reason) {
        return RemoteLedger.found(
                "group_not_required",
                () -> RetentionJson.release(api.post(
                        "/v1/admin/" + RETENTION + "/release",
                        RemoteDesk.with(where, Map.of("group", group, "reason", reason)),
                        Map.of(),
                        null)));
    }

    @Override
    public List<HeldSession> holds() {
        return RetentionJson.holds(api.get(HOLDS, Map.of()));
    }

    @Override
    public HeldSession hold(SessionId session, String reason) {
        return RetentionJson.held(
                api.post(HOLDS, Map.of(EventFields.SESSION_ID, session.value(), "reason", reason), Map.of(), null));
    }

    @Override
    public Optional<HeldSession> unhold(SessionId session) {
        return RemoteLedger.found(
                "hold_not_found",
                () -> RetentionJson.held(api.delete(HOLDS + "/" + Api.segment(session.value()), Map.of())));
    }
}
