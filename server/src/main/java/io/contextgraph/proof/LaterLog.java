// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.storage.Storage;
import java.util.List;
import java.util.Optional;

/**
 * What keeps a log from being gone on with: the log of a later epoch, or that it was closed for one. So it is where an older file of the
 * ledger was put back, where Redis has lost that an epoch has begun, and where a Redis lives on that another one has taken the place of.
 *
 * @param log the newest of the logs that were signed; the one of the ledger itself where none after it was
 * @param newest what was signed last in it; empty where nothing was
 */
public record LaterLog(LogName log, Optional<SignedNote> newest) {
    /** Looks for one. */
    public static Optional<LaterLog> of(Storage storage, LogName name) {
        List<LogName> later = StoredLog.epochs(storage, name).stream()
                .filter(epoch -> epoch > name.epoch())
                .map(name::of)
                .toList();
        for (LogName one : later) {
            Optional<SignedNote> newest = new StoredLog(storage, one).newest();
            if (newest.isPresent()) {
                return Optional.of(new LaterLog(one, newest));
            }
        }
        StoredLog own = new StoredLog(storage, name);
        return own.isClosed() ? Optional.of(new LaterLog(name, own.newest())) : Optional.empty();
    }

    /** The epoch that comes after all of which there are logs. */
    static long next(Storage storage, LogName name) {
        return 1
                + StoredLog.epochs(storage, name).stream()
                        .mapToLong(epoch -> epoch)
                        .reduce(name.epoch(), Math::max);
    }
}
