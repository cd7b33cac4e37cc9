// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What came of an audit.
 *
 * @param origin of the log; empty where nothing was ever signed
 * @param root over the events that are signed for, in base64
 * @param counts where these events are
 * @param found how much is wrong, by kind
 * @param faults the first of it, in the order of numbers
 * @param unchecked what could not be looked at, and why
 * @param cuts what the ledger has lost of what was signed for in earlier epochs, the last loss first
 * @param history what was found of a checkpoint that somebody has kept; empty where none was brought
 */
public record AuditReport(
        Optional<String> origin,
        Optional<String> root,
        Counts counts,
        Map<AuditFault.Kind, Long> found,
        List<AuditFault> faults,
        List<String> unchecked,
        List<Cut> cuts,
        Optional<String> history) {
    public AuditReport {
        found = Map.copyOf(found);
        faults = List.copyOf(faults);
        unchecked = List.copyOf(unchecked);
        cuts = List.copyOf(cuts);
    }

    /**
     * An end that the ledger has lost, as the log says that goes on.
     *
     * @param origin of the log that has ended with it
     * @param signed how many events that had signed for
     * @param kept how many of these the next log has taken over
     */
    public record Cut(String origin, long signed, long kept) {
        /** How many events were signed for, and are not there any more. */
        public long lost() {
            return signed - kept;
        }
    }

    /**
     * Where events are.
     *
     * @param sealed how many are signed for
     * @param unsealed how many are not yet: of these nothing is said
     * @param hot of those signed for that are in the streams
     * @param cold that are in the ledger, and not in the streams any more
     * @param archived that have gone, and are in the archive, whole
     * @param hashOnly that have gone, and of which only the hash was checked, or nothing is left but what was signed
     * @param unknown that had gone, unknown to all, before anything was signed
     * @param erased of those in ledger and archive whose payload was erased by receipt
     */
    public record Counts(
            long sealed, long unsealed, long hot, long cold, long archived, long hashOnly, long unknown, long erased) {}

    /** How it ended. */
    public enum Verdict {
        /** Everything that was signed for is as it was. */
        WHOLE,
        /** Nothing was found wrong, and something could not be looked at. */
        INCOMPLETE,
        /** Something is wrong. */
        FAULTY;

        /** As it stands in answers. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Verdict verdict() {
        if (!found.isEmpty()) {
            return Verdict.FAULTY;
        }
        return unchecked.isEmpty() ? Verdict.WHOLE : Verdict.INCOMPLETE;
    }

    /** How much is wrong. */
    public long total() {
        return found.values().stream().mapToLong(Long::longValue).sum();
    }
}
