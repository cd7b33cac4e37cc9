// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Position;
import java.util.Optional;

/** Names a parked entry; rises with the time of parking. Opaque to clients. */
public record ParkedId(Position value) implements Comparable<ParkedId> {
    /** Reads the form that {@link #toString} gives; empty for anything else. */
    public static Optional<ParkedId> parse(String text) {
        return Position.parse(text).map(ParkedId::new);
    }

    @Override
    public int compareTo(ParkedId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
