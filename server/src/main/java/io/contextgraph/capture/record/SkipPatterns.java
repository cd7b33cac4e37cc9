// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which spans are left out of an import, by their names: of those that are no work of an agent, a model or a tool.
 *
 * <p><b>Shape.</b> {@code *} stands for any characters, everything else for itself: {@code GET *}, {@code *.retry}.
 */
public final class SkipPatterns {
    /** Leaves out nothing. */
    public static final SkipPatterns NONE = new SkipPatterns(List.of());

    private final List<Glob> globs;

    /** @param patterns the first that fits a name counts */
    public SkipPatterns(List<String> patterns) {
        this.globs = patterns.stream().map(Glob::new).toList();
    }

    private record Glob(String text, Pattern pattern) {
        Glob(String text) {
            this(
                    text,
                    Pattern.compile(
                            Arrays.stream(text.split("\\*", -1))
                                    .map(Pattern::quote)
                                    .collect(Collectors.joining(".*")),
                            Pattern.DOTALL));
        }
    }

    /** The first pattern that fits. */
    public Optional<String> matching(String name) {
        return globs.stream()
                .filter(glob -> glob.pattern().matcher(name).matches())
                .map(Glob::text)
                .findFirst();
    }
}
