// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What is wrong. Safe for threads.
 *
 * <p>Only the first few of each kind are kept in words, all are counted.
 */
final class Findings {
    /** How long whoever waits does so. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final int KEPT_PER_KIND = 5;
    private static final long ASK_AGAIN_MILLIS = 20;

    /** The ways in which a promise can be broken. */
    enum Kind {
        /** An acknowledged event is not there, and nothing allowed its loss. */
        LOST,
        /** An event is there twice. */
        DUPLICATED,
        /** An event is there that nobody sent, or that was refused. */
        FOREIGN,
        /** An event stands elsewhere than its acknowledgement says. */
        MOVED,
        /** An event differs from what was sent. */
        ALTERED,
        /** A part of an event is missing or differs: stream, document, index, session, payload. */
        HALF_WRITTEN,
        /** Numbers or positions do not rise one by one. */
        GAP,
        /** Later events survived a loss that took earlier ones. */
        HOLE,
        /** Events stand in another order than they were acknowledged or sent in. */
        REORDERED,
        /** A follower missed an event, saw one twice or in a wrong order. */
        FOLLOWER,
        /** A query left out what was there. */
        INCOMPLETE_ANSWER,
        /** An answer that the contract does not foresee. */
        UNEXPECTED_ANSWER,
        /** A request or a stream broke off, though its server was only asked to stop. */
        CUT,
        /** Somebody could not finish: the deployment did not come back. */
        STUCK,
        /** The graph is not what the ledger says. */
        GRAPH,
        /** What the log has is not what the ledger has, or nobody signs for it any more. */
        LOG;

        String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private final Map<Kind, List<String>> texts = new EnumMap<>(Kind.class);

    synchronized void add(Kind kind, String text) {
        counts.merge(kind, 1, Integer::sum);
        List<String> kept = texts.computeIfAbsent(kind, k -> new ArrayList<>());
        if (kept.size() < KEPT_PER_KIND) {
            kept.add(text);
        }
    }

    /** Waits; where it takes too long, that is a finding. */
    boolean await(String what, BooleanSupplier condition, Supplier<String> why) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline || !Pause.millis(ASK_AGAIN_MILLIS)) {
                add(Kind.STUCK, what + " was not ready within " + PATIENCE.toSeconds() + " s; " + why.get());
                return false;
            }
        }
        return true;
    }

    synchronized int count(Kind kind) {
        return counts.getOrDefault(kind, 0);
    }

    synchronized boolean isEmpty() {
        return counts.isEmpty();
    }

    /** The kinds found. */
    synchronized List<Kind> kinds() {
        return List.copyOf(counts.keySet());
    }

    synchronized List<String> lines() {
        List<String> lines = new ArrayList<>();
        texts.forEach((kind, kept) -> {
            kept.forEach(text -> lines.add("WRONG " + kind.words() + ": " + text));
            int more = count(kind) - kept.size();
            if (more > 0) {
                lines.add("WRONG " + kind.words() + ": and " + more + " more");
            }
        });
        return lines;
    }
}
