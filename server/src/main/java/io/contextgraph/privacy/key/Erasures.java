// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What happened to a pseudonym.
 *
 * <p><b>Shape.</b> Rounds of three steps: its erasure is {@link Kind#INTENDED}, then {@link Kind#DONE}; then, where somebody
 * says so, a return is {@link Kind#AUTHORISED} and the next generation begins.
 *
 * @param pseudonym of whom
 * @param steps in the order in which they happened
 */
public record Erasures(Pseudonym pseudonym, List<Step> steps) {
    /** What can happen. */
    public enum Kind {
        /** From here on the key of the generation must neither be used nor made. */
        INTENDED,
        /** The key is destroyed. */
        DONE,
        /** A key of this generation, the next one, may be made. */
        AUTHORISED;

        /** In lower case. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads the name in lower case; empty for anything else. */
        public static Optional<Kind> parse(String name) {
            for (Kind kind : values()) {
                if (kind.wireName().equals(name)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * One step.
     *
     * @param generation whose key it is about
     * @param at when, to the millisecond
     */
    public record Step(Kind kind, int generation, Instant at) {
        public Step {
            at = at.truncatedTo(ChronoUnit.MILLIS);
        }
    }

    /** @throws IllegalArgumentException when steps do not follow each other as they must */
    public Erasures {
        steps = List.copyOf(steps);
        for (int i = 0; i < steps.size(); i++) {
            Kind kind = Kind.values()[i % Kind.values().length];
            int generation = 1 + (i + 1) / Kind.values().length;
            Step step = steps.get(i);
            if (step.kind() != kind || step.generation() != generation) {
                throw new IllegalArgumentException("step " + (i + 1) + " of the erasures of " + pseudonym + " must be "
                        + kind.wireName() + " of generation " + generation + ", is "
                        + step.kind().wireName() + " of generation " + step.generation());
            }
        }
    }

    /** Nothing happened yet. */
    public static Erasures none(Pseudonym pseudonym) {
        return new Erasures(pseudonym, List.of());
    }

    /** The same, and one step more. */
    public Erasures with(Step step) {
        List<Step> more = new ArrayList<>(steps);
        more.add(step);
        return new Erasures(pseudonym, more);
    }

    /** What happened last; empty when nothing did. */
    public Optional<Step> last() {
        return steps.isEmpty() ? Optional.empty() : Optional.of(steps.getLast());
    }

    /** The generation that is, or was last, in use. */
    public int generation() {
        return last().map(Step::generation).orElse(1);
    }

    /** Whether the key of the current generation may be made and used. */
    public boolean isOpen() {
        return last().map(step -> step.kind() == Kind.AUTHORISED).orElse(true);
    }

    /** Whether a key of this generation may be used: no other one may ever be used again. */
    public boolean allows(int ofGeneration) {
        return isOpen() && generation() == ofGeneration;
    }

    /** The last generation whose erasure was meant; 0 where none was. */
    public int erasedThrough() {
        return isOpen() ? generation() - 1 : generation();
    }

    /** When the erasure of a generation was meant; empty where it was not. */
    public Optional<Instant> intended(int ofGeneration) {
        return steps.stream()
                .filter(step -> step.kind() == Kind.INTENDED && step.generation() == ofGeneration)
                .map(Step::at)
                .findFirst();
    }

    /** The step that comes next. */
    public Step next(Instant at) {
        Kind kind = Kind.values()[steps.size() % Kind.values().length];
        return new Step(kind, kind == Kind.AUTHORISED ? generation() + 1 : generation(), at);
    }
}
