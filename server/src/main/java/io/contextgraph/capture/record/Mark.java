// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What an importer says of the record that an event was made of, in the field {@value #FIELD} of its payload.
 *
 * @param record digest of the record, see {@link RecordDigest}: two events with the same id and the same digest are of the same record, whatever
 *     else was derived from options, from other records or by another version
 * @param run the link of the run's {@link RunChain} at this record; empty where the record has an identity of its own
 * @param answer digest of the record that answers a call, where the event has it
 */
public record Mark(String record, Optional<String> run, Optional<String> answer) {
    /** The field of a payload that an importer keeps for itself. */
    public static final String FIELD = "capture";

    public static final String RECORD = "record";
    public static final String RUN = "run";

    /** In the place of a link: the event tells something about a whole run. */
    static final String OF_NO_RECORD = "";

    static final String ANSWER = "answer";

    /** Begins what {@link #reference} says. */
    private static final String KEYED = "hmac-sha256:";

    private static final Pattern REFERENCE =
            Pattern.compile("(?:.*:)?" + KEYED + "([0-9a-f]{64})(?::([0-9a-f]*)(?::([0-9a-f]{64}))?)?");

    /** What a payload says; empty where it was not made by an importer that says it. */
    public static Optional<Mark> of(JsonNode payload) {
        JsonNode mark = payload.path(FIELD);
        return text(mark, RECORD).map(record -> new Mark(record, text(mark, RUN), text(mark, ANSWER)));
    }

    /**
     * The same in the {@code payload_ref} of an event about a person, whose payload is sealed, and erased in the end: only for
     * digests that are keyed.
     */
    String reference() {
        return KEYED
                + record
                + run.map(link -> ":" + link).orElse("")
                + answer.map(digest -> ":" + digest).orElse("");
    }

    /** What a {@code payload_ref} says; empty where it is another one. */
    public static Optional<Mark> ofReference(String payloadRef) {
        Matcher parts = REFERENCE.matcher(payloadRef);
        return parts.matches()
                ? Optional.of(new Mark(
                        parts.group(1), Optional.ofNullable(parts.group(2)), Optional.ofNullable(parts.group(3))))
                : Optional.empty();
    }

    /** Whether both are of the same record, and neither has an answer that the other contradicts. */
    public boolean sameAs(Mark other) {
        return record.equals(other.record)
                && (answer.isEmpty() || other.answer.isEmpty() || answer.equals(other.answer));
    }

    private static Optional<String> text(JsonNode mark, String name) {
        return Optional.ofNullable(mark.path(name).stringValue(null));
    }
}
