// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.signing.SigningKeys;
import java.util.Optional;

/** What this deployment has signed, of what is stored of its logs: anything else is refused. */
record OwnNotes(SealerParts parts, SigningKeys keys) {
    /** What the checkpoints of a log begin with. */
    String origin(LogName name) {
        return name.origin(parts.settings().name());
    }

    /** The newest checkpoint of a log. */
    Optional<LogCheckpoint> newest(StoredLog log, LogName name) {
        return log.newest().map(note -> require(log, note, origin(name)));
    }

    /** What somebody has claimed to sign next in a log. */
    Optional<LogCheckpoint> claimed(StoredLog log, LogName name, long after) {
        return log.claimed(after).map(note -> {
            // Where something was published, the keys are the right ones.
            if (after > 0 && !isOwn(note, origin(name))) {
                throw log.foreignClaim(after, "no key in " + parts.keys() + " has signed it for " + origin(name));
            }
            return require(log, note, origin(name));
        });
    }

    private boolean isOwn(SignedNote note, String origin) {
        return LogCheckpoint.parse(note.text()).origin().equals(origin)
                && ProofKeys.haveSigned(note, origin, keys.shown());
    }

    private LogCheckpoint require(StoredLog log, SignedNote note, String origin) {
        LogCheckpoint checkpoint = LogCheckpoint.parse(note.text());
        if (!checkpoint.origin().equals(origin)) {
            throw new ProofException(
                    Reason.FOREIGN,
                    "the log in " + log + " is that of " + checkpoint.origin() + ", not of " + origin + ": set "
                            + ProofSettings.ORIGIN.key() + " to what it was");
        }
        if (!ProofKeys.haveSigned(note, origin, keys.shown())) {
            throw new ProofException(
                    Reason.FOREIGN,
                    "no key in " + parts.keys() + " has signed the log in " + log
                            + ": all servers of a ledger need the same" + " file; bring it there");
        }
        return checkpoint;
    }

    /** The tiles of a log must lead to what was signed. */
    static void requireRoot(StoredLog log, LogCheckpoint signed, Hash root) {
        if (!root.equals(signed.root())) {
            throw new ProofException(
                    Reason.DAMAGED,
                    "the tiles in " + log + " do not lead to the root that was signed for " + signed.size()
                            + " events: bring its files"
                            + " back from a copy; contextgraph audit says which are wrong");
        }
    }
}
