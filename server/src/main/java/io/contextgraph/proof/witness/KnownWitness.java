// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.witness;

import io.contextgraph.proof.note.LogCheckpoint;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is remembered of a witness.
 *
 * <p><b>Threads.</b> One at a time; {@link #refusal} is safe for all.
 */
final class KnownWitness {
    private static final Logger LOG = LoggerFactory.getLogger(KnownWitness.class);

    private final Witness witness;
    private String origin = "";
    private long size;
    private volatile Optional<WitnessAnswer.Refused> refusal = Optional.empty();

    KnownWitness(Witness witness) {
        this.witness = witness;
    }

    Witness witness() {
        return witness;
    }

    String name() {
        return witness.key().name();
    }

    /** The size at which it has confirmed the log of a checkpoint last; 0 where that is not known, or cannot be. */
    long sizeBefore(LogCheckpoint checkpoint) {
        return origin.equals(checkpoint.origin()) && size <= checkpoint.size() ? size : 0;
    }

    /** It has cosigned. */
    void confirmed(LogCheckpoint checkpoint) {
        origin = checkpoint.origin();
        size = checkpoint.size();
        if (refusal.isPresent()) {
            LOG.info("proof: witness {} cosigns again", name());
        }
        refusal = Optional.empty();
    }

    /** It has not; that is said when the reason is another one than the last time. */
    void refused(WitnessAnswer.Refused now, String more) {
        if (!refusal.equals(Optional.of(now))) {
            refusal = Optional.of(now);
            if (now.disputes()) {
                LOG.error("proof: witness {} {}{}", name(), now.why(), more);
            } else {
                LOG.warn("proof: checkpoints go without a cosignature of {}: it {}{}", name(), now.why(), more);
            }
        }
    }

    /** Why it did not cosign when it was asked last; empty where it did, or was not asked. */
    Optional<WitnessAnswer.Refused> refusal() {
        return refusal;
    }
}
