// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.personal.KeyNews;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** News of keys within one process: whoever tells waits until all have heard. */
public final class InMemoryKeyNews implements KeyNews {
    private final List<Ear> ears = new CopyOnWriteArrayList<>();

    @Override
    public void tell(List<SubjectPseudonym> names) {
        ears.forEach(ear -> names.forEach(ear.heard));
    }

    @Override
    public Listening listen(Consumer<SubjectPseudonym> heard) {
        Ear ear = new Ear(heard);
        boolean ignored = ears.add(ear);
        return ear;
    }

    /** One who listens. */
    private final class Ear implements Listening {
        private final Consumer<SubjectPseudonym> heard;

        Ear(Consumer<SubjectPseudonym> heard) {
            this.heard = heard;
        }

        @Override
        public void close() {
            boolean ignored = ears.remove(this);
        }
    }
}
