// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.partition;

import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.seal.Sealing;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.ledger.trim.Trimming;
import java.util.List;

/**
 * One order of events, with everything that is asked of one: a whole ledger, or a part of one that lies on several servers. A
 * session is in one of them.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface Partition extends Ledger {
    /** Its number, from 0 on. */
    default int number() {
        return 0;
    }

    /** A position of it, as its events have theirs: where it is one of several, that says which one it is of. */
    default Position named(Position position) {
        return position;
    }

    /** An end of it, as its events have their positions; before the first event all are the same. */
    default Head named(Head head) {
        return head.seq() == 0 ? head : new Head(head.seq(), named(head.position()));
    }

    /** Its events as they were recorded. */
    EventOrder order();

    /** What the consumers of a group are given; the group begins at the first event. */
    EventFeed feed(String group);

    /** Which one it is. */
    Epochs epochs();

    /** Takes out of the streams what is old. */
    Trimming trimming();

    /** Takes events out of it for good. */
    Pruning pruning();

    @Override
    PersonalEvents personal();

    /** What its tiers hold. */
    Tiers tiers();

    /** What of it is there to stay, for whoever signs for it. */
    Sealing sealing();

    /** {@inheritDoc} This one. */
    @Override
    default List<Partition> partitions() {
        return List.of(this);
    }

    /** {@inheritDoc} This one. */
    @Override
    default Partition partitionOf(SessionId session) {
        return this;
    }
}
