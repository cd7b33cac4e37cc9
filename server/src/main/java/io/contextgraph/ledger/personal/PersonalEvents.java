// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import java.util.List;
import java.util.function.Consumer;

/**
 * What a partition holds about persons: besides, it finds their sealed payloads, and takes them away.
 *
 * <p><b>Guarantees.</b> Each call is atomic, and may be repeated. An event stays what it is: its envelope, its number and its hash;
 * it is only without payload once that is taken away.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.ledger.LedgerException}.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface PersonalEvents extends PersonalData {
    /** Most events in one call of {@link #events} and of {@link #forget}. */
    int MAX_STEP = 500;

    /**
     * The events about a person whose sealed payloads are there, whatever has left the streams or the index of events.
     *
     * @param afterSeq the number of the last that has been seen; 0 to begin
     * @param max 1 to {@value #MAX_STEP}
     * @return in the order of their numbers; fewer than {@code max} only where there are no more
     */
    List<PersonalEvent> events(SubjectPseudonym subject, long afterSeq, int max);

    /**
     * All events about a person whose sealed payloads are there, page by page; those of a page may be forgotten while it is
     * looked at.
     *
     * @param look given one page after the other, each of at most {@value #MAX_STEP}
     */
    default void pages(SubjectPseudonym subject, Consumer<List<PersonalEvent>> look) {
        List<PersonalEvent> page = events(subject, 0, MAX_STEP);
        while (!page.isEmpty()) {
            look.accept(page);
            page = events(subject, page.getLast().seq(), MAX_STEP);
        }
    }

    /**
     * Takes the sealed payloads of some events about a person away; those that have none are left out.
     *
     * @param events 1 to {@value #MAX_STEP}
     * @return how many payloads there were
     * @throws UnfencedException where one of them is sealed by a key that the fence does not cover: nothing is taken away then
     */
    int forget(SubjectPseudonym subject, List<PersonalEvent> events);

    /** @throws IllegalArgumentException when that is no page of {@link #events} */
    static void requirePage(long afterSeq, int max) {
        if (afterSeq < 0 || max < 1 || max > MAX_STEP) {
            throw new IllegalArgumentException(
                    "a page begins at 0 or later and has 1 to " + MAX_STEP + " events: " + afterSeq + ", " + max);
        }
    }

    /** @throws IllegalArgumentException when these are too few or too many for {@link #forget} */
    static void requireStep(List<PersonalEvent> events) {
        if (events.isEmpty() || events.size() > MAX_STEP) {
            throw new IllegalArgumentException("a step takes 1 to " + MAX_STEP + " events: " + events.size());
        }
    }
}
