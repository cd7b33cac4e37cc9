// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Ids;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Nearest;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.epoch.Bookmarks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The parameters of a query, read strictly: unknown and repeated ones are faults, and all faults come together once
 * {@link #check} is called. Until then a faulty parameter reads as absent.
 */
public final class Parameters {
    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<Fault> faults = new ArrayList<>();

    /** @throws ProblemException 400 when the query is not properly encoded */
    Parameters(String rawQuery, List<String> known) {
        for (String pair : rawQuery.isEmpty() ? new String[0] : rawQuery.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = Percent.decodeQuery(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : Percent.decodeQuery(pair.substring(equals + 1));
            if (!known.contains(name)) {
                fault(name, "unknown_parameter", "is not a parameter of this address" + hint(name, known));
            } else if (values.putIfAbsent(name, value) != null) {
                fault(name, "repeated_parameter", "must not be given more than once");
            }
        }
    }

    private static String hint(String name, List<String> known) {
        return Nearest.to(name, known)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse(known.isEmpty() ? "; there are none" : "; there are " + String.join(", ", known));
    }

    public void fault(String name, String code, String message) {
        faults.add(new Fault(Fault.pointer(name), code, message));
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** A value that {@code read} understands; anything else is a fault that states the {@code rule}. */
    public <T> Optional<T> value(String name, Function<String, Optional<T>> read, String rule) {
        return text(name).flatMap(text -> {
            Optional<T> value = read.apply(text);
            if (value.isEmpty()) {
                fault(name, "invalid_value", rule + ": " + shown(text));
            }
            return value;
        });
    }

    /** A name by the rule of {@link Ids}. */
    public Optional<String> name(String name) {
        return text(name).filter(text -> {
            Optional<String> wrong = Ids.fault(text);
            wrong.ifPresent(message -> fault(name, "invalid_id", message));
            return wrong.isEmpty();
        });
    }

    /** A time; its {@code +} need not be encoded, because no time has the space that it would otherwise mean. */
    public Optional<Instant> time(String name) {
        return value(
                name,
                text -> Times.parse(text.replace(' ', '+')),
                "must be RFC 3339 with an offset, such as 2026-01-31T12:00:00.000Z");
    }

    /** A whole number within bounds; {@code otherwise} where it is absent or faulty. */
    public int integer(String name, int min, int max, int otherwise) {
        return value(name, text -> whole(text, min, max), "must be a whole number from " + min + " to " + max)
                .orElse(otherwise);
    }

    private static Optional<Integer> whole(String text, int min, int max) {
        if (!text.matches("\\d{1,9}")) {
            return Optional.empty();
        }
        int number = Integer.parseInt(text);
        return number < min || number > max ? Optional.empty() : Optional.of(number);
    }

    /** One of {@code choices}; {@code otherwise} where it is absent or faulty. */
    public String choice(String name, List<String> choices, String otherwise) {
        return value(
                        name,
                        text -> choices.contains(text) ? Optional.of(text) : Optional.empty(),
                        "must be one of " + String.join(", ", choices))
                .orElse(otherwise);
    }

    /** Where to go on, as the client was given it; whether it belongs to this query, the query itself must say. */
    public Optional<Cursor> cursor() {
        return text("cursor").map(Cursor::new).filter(cursor -> {
            try {
                Cursor ignored = Bookmarks.opened(cursor);
                return true;
            } catch (InvalidInputException invalid) {
                faults.addAll(invalid.faults());
                return false;
            }
        });
    }

    /** Adds the faults that {@code build} finds to those found so far, and ends the reading. */
    public <T> T build(Supplier<T> build) {
        T built;
        try {
            built = build.get();
        } catch (InvalidInputException invalid) {
            faults.addAll(invalid.faults());
            throw new InvalidInputException(faults);
        }
        check();
        return built;
    }

    /** @throws InvalidInputException with every fault found */
    public void check() {
        if (!faults.isEmpty()) {
            throw new InvalidInputException(faults);
        }
    }

    private static String shown(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
