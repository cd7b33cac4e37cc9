// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.contract;

import io.contextgraph.event.Fault;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A value that a request brings beside its body.
 *
 * @param required whether a request without it is refused
 * @param otherwise what it is where it is absent
 * @param recorded what stands in the record of a call in place of it
 */
public record Parameter<T>(
        String name,
        In in,
        boolean required,
        String description,
        Schema schema,
        ValueForm.Reader<T> reader,
        Optional<T> otherwise,
        UnaryOperator<String> recorded) {
    /** Where it stands. */
    public enum In {
        QUERY,
        PATH,
        HEADER;

        /** The name on the wire. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Parameter(String name, In in, boolean required, ValueForm<T> form, String description) {
        this(name, in, required, description, form.schema(), form.reader(), Optional.empty(), UnaryOperator.identity());
    }

    public static <T> Parameter<T> query(String name, ValueForm<T> form, String description) {
        return new Parameter<>(name, In.QUERY, false, form, description);
    }

    public static <T> Parameter<T> path(String name, ValueForm<T> form, String description) {
        return new Parameter<>(name, In.PATH, true, form, description);
    }

    public static <T> Parameter<T> header(String name, ValueForm<T> form, String description) {
        return new Parameter<>(name, In.HEADER, false, form, description);
    }

    /** This one, which every request must have. */
    public Parameter<T> mandatory() {
        return new Parameter<>(name, in, true, description, schema, reader, otherwise, recorded);
    }

    /** This one, which has a value where it is absent. */
    public Parameter<T> otherwise(T value) {
        return new Parameter<>(
                name, in, required, description, schema.otherwise(value), reader, Optional.of(value), recorded);
    }

    /** The same, for a value that is written otherwise. */
    public Parameter<T> otherwise(T value, Function<T, String> wireName) {
        return new Parameter<>(
                name,
                in,
                required,
                description,
                schema.otherwise(wireName.apply(value)),
                reader,
                Optional.of(value),
                recorded);
    }

    /** This one, which is {@code value} where it is absent; the contract does not say so. */
    public Parameter<T> tacitly(T value) {
        return new Parameter<>(name, in, required, description, schema, reader, Optional.of(value), recorded);
    }

    /** This one, in whose place something else stands in the record of a call. */
    public Parameter<T> recordedAs(UnaryOperator<String> other) {
        return new Parameter<>(name, in, required, description, schema, reader, otherwise, other);
    }

    /** How faults name it. */
    public String pointer() {
        return in == In.HEADER ? "/header/" + name : Fault.pointer(name);
    }

    /**
     * The value of a text.
     *
     * @throws io.contextgraph.event.InvalidInputException with all that is wrong
     */
    public T read(String text) {
        return reader.read(pointer(), text);
    }
}
