// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.proof.audit.Proving;
import io.contextgraph.retention.Retaining;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What a server does with one partition of its ledger. */
public final class RemoteDesk {
    private final Api api;
    private final Map<String, String> where;
    private final Supplier<RemoteOperation> operation;

    /** @param where what a request says that is about it */
    RemoteDesk(Api api, Map<String, String> where, Supplier<RemoteOperation> operation) {
        this.api = api;
        this.where = Map.copyOf(where);
        this.operation = operation;
    }

    /** Its retention. */
    public Retaining retaining() {
        return new RemoteRetaining(api, where, operation.get());
    }

    /** Its backups. */
    public RemoteBackups backups() {
        return new RemoteBackups(api, where, operation.get());
    }

    /** What it shows of it. */
    public Proving proving() {
        return new RemoteProving(api, where, operation);
    }

    /** What a request says that is about one partition, and something else besides. */
    static Map<String, String> with(Map<String, String> where, Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(more);
        all.putAll(where);
        return all;
    }
}
