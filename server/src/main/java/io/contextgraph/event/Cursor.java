// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Where a page ended. Opaque to clients, at most {@value #MAX_LENGTH} characters, bound to the query that made it.
 *
 * @param text what clients hand back
 */
public record Cursor(String text) {
    /** Longest cursor that is accepted. */
    public static final int MAX_LENGTH = 8192;

    private static final String SEPARATOR = "|";
    private static final int FINGERPRINT_DIGITS = 16;

    /** A cursor for the query whose meaning {@code query} describes, holding {@code place}. */
    public static Cursor of(String query, List<String> place) {
        List<String> parts = new ArrayList<>();
        parts.add(fingerprint(query));
        parts.addAll(place);
        return encoded(String.join(SEPARATOR, parts));
    }

    private static Cursor encoded(String joined) {
        return new Cursor(
                Base64.getUrlEncoder().withoutPadding().encodeToString(joined.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The place that this cursor holds.
     *
     * @param query the same description as when the cursor was made
     * @param parts how many strings the place has
     * @throws InvalidInputException when the cursor is damaged or belongs to another query
     */
    public List<String> open(String query, int parts) {
        List<String> found = parts();
        if (found.size() != parts + 1) {
            throw invalid("is not a cursor of this query");
        }
        if (!found.getFirst().equals(fingerprint(query))) {
            throw invalid("belongs to another query: begin again without a cursor");
        }
        return found.subList(1, found.size());
    }

    /** As a client is given it: behind a stamp, which has no {@value #SEPARATOR}. */
    public Cursor stamped(String stamp) {
        return encoded(stamp + SEPARATOR + joined());
    }

    /**
     * The stamp that a client's cursor begins with.
     *
     * @throws InvalidInputException when this is no cursor
     */
    public String stamp() {
        return parts().getFirst();
    }

    /** The cursor behind the stamp. */
    public Cursor unstamped() {
        List<String> parts = parts();
        return encoded(String.join(SEPARATOR, parts.subList(1, parts.size())));
    }

    private List<String> parts() {
        return List.of(joined().split("\\|", -1));
    }

    private String joined() {
        if (text.length() > MAX_LENGTH) {
            throw invalid("must have at most " + MAX_LENGTH + " characters, has " + text.length());
        }
        try {
            return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            throw notOurs();
        }
    }

    private static InvalidInputException notOurs() {
        return invalid("is not a cursor of this server");
    }

    /** The answer to a cursor whose place cannot be used. */
    public static InvalidInputException invalid(String message) {
        return new InvalidInputException("/cursor", "invalid_cursor", message);
    }

    private static String fingerprint(String query) {
        return Sha256.hex(query.getBytes(StandardCharsets.UTF_8)).substring(0, FINGERPRINT_DIGITS);
    }
}
