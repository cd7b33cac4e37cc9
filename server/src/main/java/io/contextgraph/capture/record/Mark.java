// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What an importer says of the record that an event was made of, in the field {@value #FIELD} of its payload.
 *
 * @param record digest of the record, see {@link RecordDigest}: two events with the same id and the same digest are of the same record, whatever
 *     else was derived from options, from other records or by another version
 * @param run the link of the run's {@link RunChain} at this record; empty where the record has an identity of its own
 * @param answer digest of the record that answers a call, where the event has it
 * @param form the label of the {@link Lossy} that the record was in; empty for one that loses nothing
 */
public record Mark(String record, Optional<String> run, Optional<String> answer, Optional<String> form) {
    /** The field of a payload that an importer keeps for itself. */
    public static final String FIELD = "capture";

    public static final String RECORD = "record";
    public static final String RUN = "run";

    /** In the place of a link: the event tells something about a whole run. */
    static final String OF_NO_RECORD = "";

    public static final String ANSWER = "answer";

    public static final String FORM = "form";

    /** Begins what {@link #reference} says. */
    private static final String KEYED = "hmac-sha256:";

    private static final Pattern REFERENCE =
            Pattern.compile("(?:.*:)?" + KEYED + "([0-9a-f]{64})(?::([0-9a-f]*)(?::([0-9a-f]{64}))?)?");

    /** What a payload says; empty where it was not made by an importer that says it. */
    public static Optional<Mark> of(JsonNode payload) {
        JsonNode mark = payload.path(FIELD);
        return text(mark, RECORD)
                .map(record -> new Mark(record, text(mark, RUN), text(mark, ANSWER), text(mark, FORM)));
    }

    /**
     * The same in the {@code payload_ref} of an event about a person, whose payload is sealed, and erased in the end: only for
     * digests that are keyed.
     */
    String reference() {
        return KEYED
                + record
                + run.map(link -> ":" + link).orElse(answer.isPresent() ? ":" : "")
                + answer.map(digest -> ":" + digest).orElse("");
    }

    /** What a {@code payload_ref} says; empty where it is another one. */
    public static Optional<Mark> ofReference(String payloadRef) {
        Matcher parts = REFERENCE.matcher(payloadRef);
        return parts.matches()
                ? Optional.of(new Mark(
                        parts.group(1),
                        Optional.ofNullable(parts.group(2)),
                        Optional.ofNullable(parts.group(3)),
                        Lossy.ofReference(payloadRef)))
                : Optional.empty();
    }

    /** An event that says nothing of a record. */
    public static Mark none() {
        return new Mark(OF_NO_RECORD, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Whether both are of records, and these were in forms of which one has lost what the other has. */
    public boolean isOfAnotherForm(Mark other) {
        return !record.equals(OF_NO_RECORD) && !other.record.equals(OF_NO_RECORD) && !form.equals(other.form);
    }

    /** Whether both are of the same record, in the same form, and neither has an answer that the other contradicts. */
    public boolean sameAs(Mark other) {
        return record.equals(other.record)
                && form.equals(other.form)
                && (answer.isEmpty() || other.answer.isEmpty() || answer.equals(other.answer));
    }

    /**
     * A form of spans that has lost something of them: the same span in another form is another record, and of both the
     * ledger keeps the first.
     */
    public enum Lossy {
        JAEGER("jaeger", "Jaeger JSON", "nanoseconds and types of values"),
        SDK_DUMP("dump", "the console output of an SDK", "nanoseconds or types of values");

        /** What is no lossy form has all that a span had. */
        private static final String WHOLE = "OTLP";

        private final String label;
        private final String title;
        private final String lost;

        Lossy(String label, String title, String lost) {
            this.label = label;
            this.title = title;
            this.lost = lost;
        }

        /** What it is called in marks, and at the beginning of a {@code payload_ref}. */
        public String label() {
            return label;
        }

        /** The form that a reference begins with; empty where it begins with none. */
        private static Optional<String> ofReference(String payloadRef) {
            return Stream.of(values())
                    .map(Lossy::label)
                    .filter(label -> payloadRef.startsWith(label + ":"))
                    .findFirst();
        }

        /** The form of a mark for people, with what it has lost. */
        public static String described(Mark mark) {
            return mark.form().map(Lossy::described).orElse(WHOLE);
        }

        private static String described(String label) {
            return Stream.of(values())
                    .filter(form -> form.label.equals(label))
                    .map(form -> form.title + ", which has lost " + form.lost)
                    .findFirst()
                    .orElse(label);
        }
    }

    private static Optional<String> text(JsonNode mark, String name) {
        return Optional.ofNullable(mark.path(name).stringValue(null));
    }
}
