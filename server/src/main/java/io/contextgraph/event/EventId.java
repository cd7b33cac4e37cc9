// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/** Identifies an event for ever: a UUID of any version, chosen by the producer. */
public record EventId(UUID value) implements Comparable<EventId> {
    private static final int LENGTH = 36;

    /**
     * Reads the 36-character form in either case.
     *
     * @throws IllegalArgumentException when {@code text} is not such a form
     */
    public static EventId of(String text) {
        return parse(text)
                .orElseThrow(() -> new IllegalArgumentException("event_id must be a UUID of 36 characters: " + text));
    }

    /** Reads the 36-character form in either case; empty for anything else. */
    public static Optional<EventId> parse(String text) {
        return isUuid(text) ? Optional.of(new EventId(UUID.fromString(text))) : Optional.empty();
    }

    /** {@link UUID#fromString} takes shorter forms too. */
    private static boolean isUuid(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
            char found = text.charAt(i);
            if (hyphen ? found != '-' : !HexFormat.isHexDigit(found)) {
                return false;
            }
        }
        return true;
    }

    /** The order of the 36-character form, not the signed one of {@link UUID#compareTo}. */
    @Override
    public int compareTo(EventId other) {
        int high = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    /** The 36-character form in lower case. */
    @Override
    public String toString() {
        return value.toString();
    }
}
