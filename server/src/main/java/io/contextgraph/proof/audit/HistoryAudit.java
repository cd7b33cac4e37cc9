// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.proof.LogName;
import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.LeafTiles;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.storage.Storage;
import java.util.List;
import java.util.Optional;

/** Holds the log against a checkpoint of it that somebody has kept: whether it still begins as it did then. */
final class HistoryAudit {
    private final Storage logs;
    private final LedgerIdentity identity;
    private final LogName name;
    private final String deployment;
    private final AuditFindings findings;

    HistoryAudit(Storage logs, LedgerIdentity identity, LogName name, String deployment, AuditFindings findings) {
        this.logs = logs;
        this.identity = identity;
        this.name = name;
        this.deployment = deployment;
        this.findings = findings;
    }

    /**
     * Looks.
     *
     * @param now the log as it is
     * @param kept what somebody has kept
     * @param trusted keys that it must be signed by, each under the name of its log
     * @return in words what was found
     */
    String look(Tree now, SignedNote kept, List<VerifierKey> trusted) {
        LogCheckpoint checkpoint = LogCheckpoint.parse(kept.text());
        Optional<LogName> log = name.ofOrigin(deployment, checkpoint.origin());
        if (log.isEmpty()) {
            return wrong("the checkpoint is of the log " + checkpoint.origin() + ", and this ledger's is "
                    + name.origin(deployment) + ": it is of another ledger, or this one was begun anew");
        }
        if (trusted.stream()
                .filter(key -> key.name().equals(checkpoint.origin()))
                .noneMatch(kept::isSignedBy)) {
            return wrong("the checkpoint was not signed by a key that is trusted here: it proves nothing");
        }
        try {
            return log.get().equals(name) ? same(now, checkpoint) : earlier(now, checkpoint, log.get());
        } catch (TileException damaged) {
            return wrong("whether the log began as the checkpoint says cannot be told: " + damaged.getMessage());
        }
    }

    private String wrong(String what) {
        findings.add(AuditFault.of(Kind.HISTORY, what));
        return what;
    }

    private String same(Tree now, LogCheckpoint kept) {
        if (kept.size() > now.size()) {
            return wrong("the log has " + now.size() + " events, and had " + kept.size()
                    + " when the checkpoint was signed: its end was cut, without a new epoch");
        }
        if (!now.root(kept.size()).equals(kept.root())) {
            return wrong("the first " + kept.size()
                    + " events are not those that were signed for: the log was written anew");
        }
        return "the first " + kept.size() + " events are those that were signed for then";
    }

    /** Of a log that ended when the ledger lost its end. */
    private String earlier(Tree now, LogCheckpoint kept, LogName log) {
        Tree then = new Tree(
                new LeafTiles(new StoredLog(logs, log)), newestSize(log).orElse(0L));
        if (now.size() >= kept.size() && now.root(kept.size()).equals(kept.root())) {
            return "the first " + kept.size() + " events are those that were signed for then, in the log of epoch "
                    + log.epoch();
        }
        if (then.size() < kept.size() || !then.root(kept.size()).equals(kept.root())) {
            return wrong("the " + kept.size() + " events that the log of epoch " + log.epoch()
                    + " had are not those that were signed for: it was written anew, or is not there any more");
        }
        long common = common(now, then, kept.size());
        long cut = identity.lastCommon(log.epoch()).map(Head::seq).orElse(0L);
        if (common < Math.min(cut, kept.size())) {
            return wrong(
                    "of the " + kept.size() + " events that were signed for in epoch " + log.epoch() + " the first "
                            + common + " are what they were, and those up to " + Math.min(cut, kept.size())
                            + " should be: the log was written anew, or the ledger brought back from before a loss");
        }
        return "cut, " + (kept.size() - common) + " events: of the " + kept.size() + " that were signed for in epoch "
                + log.epoch() + " the ledger has lost what stood behind the first " + common
                + ", in a restore or a failover; these are what they were";
    }

    /** How many leaves both begin with. */
    private static long common(Tree now, Tree then, long most) {
        long low = 0;
        long high = Math.min(most, now.size()) + 1;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            if (now.root(middle).equals(then.root(middle))) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Optional<Long> newestSize(LogName log) {
        return new StoredLog(logs, log)
                .newest()
                .map(note -> LogCheckpoint.parse(note.text()).size());
    }
}
