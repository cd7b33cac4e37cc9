// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.contract;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Ids;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the text of a parameter may be, and the value that it then has.
 *
 * @param schema what the contract says
 * @param reader what the server does
 */
public record ValueForm<T>(Schema schema, Reader<T> reader) {
    /** A name by the rule of {@link Ids}. */
    public static final Schema NAME_SCHEMA =
            Schema.text().sized(1, Ids.MAX_LENGTH).matching(Ids.PATTERN);

    public static final ValueForm<String> NAME = new ValueForm<>(NAME_SCHEMA, ValueForm::name);

    public static final ValueForm<SessionId> SESSION_ID =
            new ValueForm<>(NAME_SCHEMA, (pointer, text) -> new SessionId(name(pointer, text)));

    public static final ValueForm<EventId> EVENT_ID =
            of(Schema.uuid(), "not_a_uuid", "must be a UUID of 36 characters", EventId::parse);

    /** A time as the server reads it. */
    public static final Schema TIME_SCHEMA = Schema.time().matching(Times.PATTERN);

    /** A time; its {@code +} need not be encoded, because no time has the space that it would otherwise mean. */
    public static final ValueForm<Instant> TIME = of(
            TIME_SCHEMA,
            "must be RFC 3339 with an offset, such as 2026-01-31T12:00:00.000Z",
            text -> Times.parse(text.replace(' ', '+')));

    /** A place in the ledger, as the server gave it. */
    public static final ValueForm<Position> POSITION = of(
            Schema.text().matching("^[0-9]{1,18}-[0-9]{1,18}(@[0-9]{1,5})?$"),
            "must be a position that the server gave",
            Position::parse);

    /** True or false. */
    public static final ValueForm<Boolean> FLAG = of(
            Schema.flag(),
            "must be one of true, false",
            text -> text.equals("true") || text.equals("false") ? Optional.of(text.equals("true")) : Optional.empty());

    /** Makes the value. */
    @FunctionalInterface
    public interface Reader<T> {
        /**
         * @param pointer names the parameter in faults
         * @throws InvalidInputException with all that is wrong
         */
        T read(String pointer, String text);
    }

    /** What {@code parse} understands; anything else breaks the {@code rule}. */
    public static <T> ValueForm<T> of(Schema schema, String rule, Function<String, Optional<T>> parse) {
        return of(schema, "invalid_value", rule, parse, text -> ": " + shown(text));
    }

    /** The same, with a code of its own; the text is not repeated. */
    public static <T> ValueForm<T> of(Schema schema, String code, String rule, Function<String, Optional<T>> parse) {
        return of(schema, code, rule, parse, text -> "");
    }

    private static <T> ValueForm<T> of(
            Schema schema,
            String code,
            String rule,
            Function<String, Optional<T>> parse,
            Function<String, String> end) {
        return new ValueForm<>(
                schema,
                (pointer, text) -> parse.apply(text)
                        .orElseThrow(() -> new InvalidInputException(pointer, code, rule + end.apply(text))));
    }

    /** A whole number within bounds. */
    public static ValueForm<Integer> whole(int min, int max) {
        return of(
                Schema.whole().from(min).to(max),
                "must be a whole number from " + min + " to " + max,
                text -> whole(text, min, max));
    }

    private static Optional<Integer> whole(String text, int min, int max) {
        if (!text.matches("\\d{1,9}")) {
            return Optional.empty();
        }
        int number = Integer.parseInt(text);
        return number < min || number > max ? Optional.empty() : Optional.of(number);
    }

    /** One of these. */
    public static ValueForm<String> choice(List<String> choices) {
        return choice(choices, text -> choices.contains(text) ? Optional.of(text) : Optional.empty());
    }

    /** One of these, for what it stands for. */
    public static <T> ValueForm<T> choice(List<String> choices, Function<String, Optional<T>> parse) {
        return of(Schema.choice(choices), "must be one of " + String.join(", ", choices), parse);
    }

    private static String name(String pointer, String text) {
        Ids.fault(text).ifPresent(fault -> {
            throw new InvalidInputException(pointer, "invalid_id", fault);
        });
        return text;
    }

    private static String shown(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
