// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ledger.Ledger;
import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.Pseudonym;
import java.util.List;
import java.util.Optional;

/**
 * Erases from a ledger that was brought back, from a backup or out of archives, everybody who was erased since: before anything
 * else may read it.
 *
 * <p><b>Guarantees.</b> May be repeated, also after a replay that broke off. What was said of a person after a return was authorised
 * stays. It does not take the place of {@link Eraser#begun}: other places are not swept, and an erasure that had not ended is
 * still to be ended.
 *
 * <p><b>Units and bounds.</b> A few calls for each person who was ever erased.
 *
 * <p><b>Errors.</b> What the ledger or the store of keys throws; what was done stays done, and nothing may be read yet.
 */
public final class ErasureReplay {
    private static final int PAGE = 1_000;

    private final Ledger ledger;
    private final ErasureLedger erasures;
    private final PayloadErasure payloads;

    /** @param erasures those of the store of keys, which no restore can forget */
    public ErasureReplay(Ledger ledger, ErasureLedger erasures) {
        this.ledger = ledger;
        this.erasures = erasures;
        this.payloads = new PayloadErasure(ledger, erasures);
    }

    /**
     * What came of a replay.
     *
     * @param persons pseudonyms that were ever erased
     * @param fences how many had no fence, or one that was too low
     * @param payloads sealed payloads that were there again, and are deleted
     */
    public record Replayed(long persons, long fences, long payloads) {
        /** The same for who has restored something; empty where nobody was ever erased. */
        public Optional<String> told() {
            return persons == 0
                    ? Optional.empty()
                    : Optional.of("erasures replayed: " + persons + " persons, " + payloads
                            + " payloads that were back are deleted");
        }
    }

    /** Replays all erasures there were. */
    public Replayed run() {
        Replayed all = new Replayed(0, 0, 0);
        Optional<Pseudonym> after = Optional.empty();
        List<Erasures> page;
        do {
            page = erasures.list(after, PAGE);
            for (Erasures one : page) {
                after = Optional.of(one.pseudonym());
                int generation = one.erasedThrough();
                all = generation == 0 ? all : replayed(all, one.pseudonym(), generation);
            }
        } while (page.size() == PAGE);
        return all;
    }

    private Replayed replayed(Replayed before, Pseudonym name, int generation) {
        var subject = PayloadErasure.subject(name);
        boolean isLow = ledger.personal().fence(subject).orElse(0) < generation;
        if (isLow) {
            int ignored = ledger.personal().raise(subject, generation);
        }
        return new Replayed(
                before.persons() + 1,
                before.fences() + (isLow ? 1 : 0),
                before.payloads() + payloads.upTo(new KeyId(name, generation)));
    }
}
