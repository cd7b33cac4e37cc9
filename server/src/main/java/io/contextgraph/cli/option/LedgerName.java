// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.option;

import io.contextgraph.event.Original;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A ledger as a command names it: by its id, and where that is not 0 by {@code /PARTITION}. */
public record LedgerName(UUID id, int partition) {
    private static final Pattern SHAPE =
            Pattern.compile("([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/([0-9]{1,5}))?");

    /** Reads one; empty for anything else. */
    public static Optional<LedgerName> parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int partition = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
        return Optional.of(new LedgerName(UUID.fromString(matcher.group(1)), partition))
                .filter(name -> name.partition() <= Original.MAX_PARTITION);
    }
}
