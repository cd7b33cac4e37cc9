// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Spans, and what happened in them, that are given on together: by start, parents first.
 *
 * <p><b>Guarantees.</b> Those of a group come in the same order whatever the order in which they were added.
 *
 * <p><b>Bounds.</b> A group ends with the unit with which about 8 MiB of text have been read.
 *
 * @param <S> what is in it
 */
public final class SpanGroup<S extends TraceIndex.Member> {
    private static final long CHARS = 8L << 20;

    private final TraceIndex traces;
    private final Function<S, String> key;
    private final Consumer<S> taker;
    private final List<S> spans = new ArrayList<>();
    private long chars;

    /**
     * An empty one.
     *
     * @param key the same for the same span only: the order among those of one time and depth
     */
    public SpanGroup(TraceIndex traces, Function<S, String> key, Consumer<S> taker) {
        this.traces = traces;
        this.key = key;
        this.taker = taker;
    }

    /** Takes one more. */
    public void add(S span) {
        spans.add(span);
    }

    /** All that is in this unit has been added. */
    public void read(Unit unit) {
        chars += unit.chars();
        if (chars >= CHARS) {
            end();
        }
    }

    /** Gives on what is in it. */
    public void end() {
        // INVARIANT: independent of the order of the input: FOLLOWS depends on the order of ties.
        spans.stream()
                .map(span -> new Placed<>(span, traces.depth(span)))
                .sorted(Comparator.<Placed<S>, BigInteger>comparing(
                                placed -> placed.span().startNanos())
                        .thenComparingInt(Placed::depth)
                        .thenComparing(placed -> key.apply(placed.span())))
                .forEach(placed -> taker.accept(placed.span()));
        spans.clear();
        chars = 0;
    }

    private record Placed<S>(S span, int depth) {}
}
