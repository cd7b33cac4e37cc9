// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.witness;

import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Tree;
import java.util.List;

/** Those who see that a log only grows. */
public interface Witnesses {
    /** Nobody. */
    Witnesses NONE = new Witnesses() {
        @Override
        public boolean lack(SignedNote checkpoint) {
            return false;
        }

        @Override
        public List<SignedNote.Line> cosign(SignedNote checkpoint, Tree tree) {
            return List.of();
        }

        @Override
        public Witnessing state() {
            return Witnessing.NONE;
        }
    };

    /** Whether there are some, and a checkpoint has the cosignature of none of them. */
    boolean lack(SignedNote checkpoint);

    /**
     * Asks all of them side by side, for a bounded time.
     *
     * <p><b>Guarantees.</b> Each line verifies under the key of a witness; who does not cosign is left out, whatever the reason.
     *
     * @param tree of which it is the checkpoint, whole
     */
    List<SignedNote.Line> cosign(SignedNote checkpoint, Tree tree);

    /** What came of it so far. */
    Witnessing state();
}
