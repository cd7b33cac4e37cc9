// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A field of an event's envelope: its name, what it may be, where an event has it. */
public sealed interface EventField {
    /** The same on the wire, in Redis and in the graph. */
    String name();

    /** Whether every event has it. */
    boolean required();

    /** Text of one form. */
    record Text<T>(
            String name,
            boolean required,
            Form<T> form,
            Function<Event, Optional<T>> of,
            BiConsumer<Event.Builder, T> to)
            implements EventField {
        /** What an event has there. */
        public Optional<String> in(Event event) {
            return of.apply(event).map(form.write());
        }

        /**
         * Sets what has been written from an event.
         *
         * @throws IllegalArgumentException or NoSuchElementException when the text is not of the form
         */
        public void set(Event.Builder builder, String text) {
            to.accept(builder, form.read().apply(text));
        }

        /** Sets what comes from outside, or says what is wrong with it. */
        Optional<Fault> take(Event.Builder builder, String text) {
            Optional<T> value = form.parse().apply(text);
            value.ifPresent(good -> to.accept(builder, good));
            return value.isPresent() ? Optional.empty() : Optional.of(faultOf(text));
        }

        /** What is wrong with a text. */
        Optional<Fault> fault(String text) {
            return form.parse().apply(text).isPresent() ? Optional.empty() : Optional.of(faultOf(text));
        }

        private Fault faultOf(String text) {
            Broken broken = form.broken().apply(text);
            return new Fault(Fault.pointer(name), broken.code(), broken.message());
        }
    }

    /**
     * A time.
     *
     * @param millisName the name of the same instant in milliseconds since 1970
     */
    record Time(
            String name,
            String millisName,
            boolean required,
            Function<Event, Optional<Instant>> of,
            BiConsumer<Event.Builder, Instant> to)
            implements EventField {
        /** What an event has there. */
        public Optional<Instant> in(Event event) {
            return of.apply(event);
        }

        /** Sets it. */
        public void set(Event.Builder builder, Instant time) {
            to.accept(builder, time);
        }
    }

    /**
     * A whole number.
     *
     * @param min the least that it may be
     * @param max the most that it may be
     */
    record Whole(String name, int min, int max, Function<Event, OptionalInt> of, BiConsumer<Event.Builder, Integer> to)
            implements EventField {
        @Override
        public boolean required() {
            return false;
        }

        /** What an event has there. */
        public OptionalInt in(Event event) {
            return of.apply(event);
        }

        /** Sets it. */
        public void set(Event.Builder builder, int number) {
            to.accept(builder, number);
        }

        Optional<Fault> fault(int number) {
            return number >= min && number <= max
                    ? Optional.empty()
                    : Optional.of(new Fault(
                            Fault.pointer(name),
                            "out_of_range",
                            (max == Integer.MAX_VALUE
                                            ? "must be at least " + min
                                            : "must be from " + min + " to " + max)
                                    + ": " + number));
        }
    }

    /** The payload: whatever keeps events keeps it in a place of its own. */
    record Content(String name) implements EventField {
        @Override
        public boolean required() {
            return false;
        }
    }

    /**
     * What a text may be.
     *
     * @param parse makes the value of a text; nothing of one that breaks the rule
     * @param broken the rule that such a text breaks
     * @param read makes the value of a text that was written from one
     * @param write makes the text again
     * @param schema the rule in the keywords of JSON Schema, as far as these go
     */
    record Form<T>(
            Function<String, Optional<T>> parse,
            Function<String, Broken> broken,
            Function<String, T> read,
            Function<T, String> write,
            Map<String, Object> schema) {
        private static final Map<String, Object> NAME_SCHEMA =
                Map.of("minLength", 1, "maxLength", Ids.MAX_LENGTH, "pattern", Ids.PATTERN);

        static final Form<EventId> UUID = new Form<>(
                EventId::parse,
                text -> new Broken("not_a_uuid", "must be a UUID of 36 characters: " + shown(text)),
                EventId::of,
                EventId::toString,
                Map.of("format", "uuid"));
        static final Form<EventType> TYPE = new Form<>(
                EventType::parse,
                text -> new Broken("not_a_type", EventType.rule(text) + ": " + shown(text)),
                EventType::new,
                EventType::value,
                Map.of("pattern", EventType.FORM, "maxLength", EventType.MAX_LENGTH));
        static final Form<EventStatus> STATUS = new Form<>(
                EventStatus::parse,
                text -> new Broken(
                        "not_a_status", "must be one of pending, running, completed, failed, timeout: " + shown(text)),
                text -> EventStatus.parse(text).orElseThrow(),
                EventStatus::wireName,
                Map.of("enum", EventStatus.wireNames()));
        static final Form<SessionId> SESSION = new Form<>(
                text -> name(text).map(SessionId::new),
                Form::brokenName,
                SessionId::new,
                SessionId::value,
                NAME_SCHEMA);
        static final Form<String> NAME =
                new Form<>(Form::name, Form::brokenName, Function.identity(), Function.identity(), NAME_SCHEMA);
        static final Form<String> REFERENCE = new Form<>(
                Form::reference,
                Form::brokenReference,
                Function.identity(),
                Function.identity(),
                Map.of(
                        "minLength",
                        1,
                        "maxLength",
                        Event.MAX_PAYLOAD_REF_LENGTH,
                        "pattern",
                        "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"));

        private static Optional<String> name(String text) {
            return Ids.fault(text).isEmpty() ? Optional.of(text) : Optional.empty();
        }

        private static Broken brokenName(String text) {
            return new Broken("invalid_id", Ids.fault(text).orElseThrow());
        }

        private static Optional<String> reference(String text) {
            return isOfLength(text) && !Ids.hasForbiddenCharacter(text) ? Optional.of(text) : Optional.empty();
        }

        private static boolean isOfLength(String text) {
            return !text.isEmpty() && text.codePointCount(0, text.length()) <= Event.MAX_PAYLOAD_REF_LENGTH;
        }

        private static Broken brokenReference(String text) {
            return isOfLength(text)
                    ? new Broken("characters", "must not contain control characters or unpaired surrogates")
                    : new Broken(
                            "length",
                            "must have 1 to " + Event.MAX_PAYLOAD_REF_LENGTH + " characters, has "
                                    + text.codePointCount(0, text.length()));
        }

        /** As much of a text as a message repeats. */
        static String shown(String text) {
            return text.length() <= 80 ? text : text.substring(0, 80) + "...";
        }
    }

    /** A rule that is broken: a code for machines, and the end of a sentence that begins with the field's name. */
    record Broken(String code, String message) {}
}
