// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.operation.Watcher;
import io.contextgraph.retention.GroupRelease;
import io.contextgraph.retention.Retaining;
import io.contextgraph.retention.RetentionJson;
import io.contextgraph.retention.RetentionReport;
import io.contextgraph.retention.RetentionStatus;
import java.util.Map;
import java.util.Optional;

/** Retention of a server; who releases a group, the server knows by the key. */
final class RemoteRetaining implements Retaining {
    private static final String RETENTION = "retention";

    private final Api api;
    private final RemoteOperation operation;

    RemoteRetaining(Api api, RemoteOperation operation) {
        this.api = api;
        this.operation = operation;
    }

    @Override
    public RetentionReport run(boolean dryRun, Watcher watcher) {
        return RetentionJson.report(
                operation.run(RETENTION + "/run", Map.of("dry_run", Boolean.toString(dryRun)), watcher));
    }

    @Override
    public RetentionStatus status() {
        return RetentionJson.status(api.get("/v1/admin/" + RETENTION, Map.of()));
    }

    @Override
    public Optional<GroupRelease> release(String group, String reason) {
        return RemoteLedger.found(
                "group_not_required",
                () -> RetentionJson.release(api.post(
                        "/v1/admin/" + RETENTION + "/release",
                        Map.of("group", group, "reason", reason),
                        Map.of(),
                        null)));
    }
}
