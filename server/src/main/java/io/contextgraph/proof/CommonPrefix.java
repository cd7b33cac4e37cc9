// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.Tree;
import io.contextgraph.proof.tree.TreeHasher;
import java.util.Optional;

/** What a ledger and a log have in common: what a ledger loses is its end. */
final class CommonPrefix {
    private CommonPrefix() {}

    /**
     * The last event that both have; halving finds it in about twenty reads of a million events.
     *
     * @param most no event behind this number is looked at
     * @return with a number that may have gone from the ledger since: of such an event nobody can say otherwise
     */
    static Head of(Ledger ledger, Tree tree, long most) {
        TreeHasher hasher = new TreeHasher();
        Head found = Head.EMPTY;
        long low = 0;
        long high = Math.min(most, tree.size()) + 1;
        while (high - low > 1) {
            long middle = (low + high) >>> 1;
            Optional<RecordedEvent> event = ledger.log().read(middle - 1, 1).stream()
                    .filter(one -> one.seq() == middle)
                    .findFirst();
            Hash leaf = tree.leaf(middle - 1);
            if (event.map(one -> hasher.leaf(Leaf.of(one).entry()).equals(leaf)).orElse(true)) {
                low = middle;
                found = new Head(
                        middle,
                        event.map(RecordedEvent::position)
                                .orElseGet(() ->
                                        ledger.pruning().extent().through().position()));
            } else {
                high = middle;
            }
        }
        return found;
    }
}
