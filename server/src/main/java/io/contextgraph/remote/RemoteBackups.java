// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupJson;
import io.contextgraph.backup.BackupStore;
import io.contextgraph.operation.Watcher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The backups that a server keeps. */
public final class RemoteBackups implements BackupStore {
    private static final String BACKUPS = "backups";
    private static final String ADDRESS = "/v1/admin/" + BACKUPS;

    private final Api api;
    private final Map<String, String> where;
    private final RemoteOperation operation;

    /** @param where what a request says that is about one partition */
    RemoteBackups(Api api, Map<String, String> where, RemoteOperation operation) {
        this.api = api;
        this.where = where;
        this.operation = operation;
    }

    /** Has one taken. */
    public Backup create(Watcher watcher) {
        return read(operation.run(BACKUPS, where, watcher));
    }

    @Override
    public List<Backup> list() {
        return BackupJson.backups(api.get(ADDRESS, where));
    }

    @Override
    public Optional<Backup> find(String id) {
        return RemoteLedger.found("backup_not_found", () -> read(api.get(ADDRESS + "/" + Api.segment(id), where)));
    }

    @Override
    public Backup verify(Backup backup, Watcher watcher) {
        return read(operation.run(BACKUPS + "/" + backup.id() + "/verify", where, watcher));
    }

    private static Backup read(JsonNode json) {
        return BackupJson.backup(json)
                .orElseThrow(() -> new RemoteException(
                        502,
                        "unknown_answer",
                        "the server tells of a backup in a form that this version does not know"));
    }
}
