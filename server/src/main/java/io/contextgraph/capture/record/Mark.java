// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What an importer says of the record that an event was made of, in the field {@value #FIELD} of its payload.
 *
 * @param record SHA-256 of the record: two events with the same id and the same digest are of the same record, whatever
 *     else was derived from options, from other records or by another version
 * @param run the link of the run's {@link RunChain} at this record; empty where the record has an identity of its own
 * @param answer SHA-256 of the record that answers a call, where the event has it
 */
public record Mark(String record, Optional<String> run, Optional<String> answer) {
    /** The field of a payload that an importer keeps for itself. */
    public static final String FIELD = "capture";

    public static final String RECORD = "record";
    public static final String RUN = "run";

    /** In the place of a link: the event tells something about a whole run. */
    static final String OF_NO_RECORD = "";

    static final String ANSWER = "answer";

    /** What a payload says; empty where it was not made by an importer that says it. */
    public static Optional<Mark> of(JsonNode payload) {
        JsonNode mark = payload.path(FIELD);
        return text(mark, RECORD).map(record -> new Mark(record, text(mark, RUN), text(mark, ANSWER)));
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
