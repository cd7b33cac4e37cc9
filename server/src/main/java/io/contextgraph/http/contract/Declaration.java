// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.contract;

import io.contextgraph.http.contract.Parameter.In;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a route takes and answers. What is true of all, or follows from what is said here, is not said again: see
 * {@code OpenApi}. Immutable: what seems to change one makes another.
 *
 * @param id its name in clients
 * @param summary in a few words
 * @param description in whole sentences; Markdown
 * @param anyQuery whether parameters that nobody knows are let pass
 * @param withoutStores whether it neither reads nor writes a store
 * @param body what must be sent
 * @param replies what a request that is heard gets
 * @param refusals what it gets otherwise
 * @param refusing how it is refused, by media type; empty: as everywhere
 */
public record Declaration(
        String id,
        Topic topic,
        String summary,
        String description,
        List<Parameter<?>> parameters,
        boolean anyQuery,
        boolean withoutStores,
        Optional<Body> body,
        List<Reply> replies,
        List<RefusalReason> refusals,
        Map<String, Schema> refusing) {
    public static final String JSON = "application/json";

    /**
     * What a request sends.
     *
     * @param content by media type
     */
    public record Body(Map<String, Schema> content) {}

    /**
     * An answer.
     *
     * @param headers besides those that every answer has
     */
    public record Reply(int status, String description, String mediaType, Schema schema, List<Header> headers) {
        public static Reply json(int status, String description, Schema schema) {
            return new Reply(status, description, JSON, schema, List.of());
        }

        /** This one, which has a header. */
        public Reply with(Header header) {
            return new Reply(
                    status,
                    description,
                    mediaType,
                    schema,
                    Stream.concat(headers.stream(), Stream.of(header)).toList());
        }
    }

    /**
     * A header of an answer.
     *
     * @param always whether every such answer has it
     */
    public record Header(String name, String description, Schema schema, boolean always) {}

    public Declaration {
        parameters = List.copyOf(parameters);
        replies = List.copyOf(replies);
        refusals = List.copyOf(refusals);
        refusing = Map.copyOf(refusing);
    }

    public static Declaration of(String id, Topic topic, String summary, String description) {
        return new Declaration(
                id,
                topic,
                summary,
                description,
                List.of(),
                false,
                false,
                Optional.empty(),
                List.of(),
                List.of(),
                Map.of());
    }

    public Declaration takes(Parameter<?>... more) {
        return takes(List.of(more));
    }

    public Declaration takes(List<Parameter<?>> more) {
        return new Declaration(
                id,
                topic,
                summary,
                description,
                and(parameters, more),
                anyQuery,
                withoutStores,
                body,
                replies,
                refusals,
                refusing);
    }

    /** What the query says does not matter. */
    public Declaration takesAnyQuery() {
        return new Declaration(
                id, topic, summary, description, parameters, true, withoutStores, body, replies, refusals, refusing);
    }

    /** It neither reads nor writes a store. */
    public Declaration asksNoStore() {
        return new Declaration(
                id, topic, summary, description, parameters, anyQuery, true, body, replies, refusals, refusing);
    }

    /** A body of this media type; another call adds another one. */
    public Declaration takesBody(String mediaType, Schema schema) {
        Map<String, Schema> content =
                new LinkedHashMap<>(body.map(Body::content).orElse(Map.of()));
        content.put(mediaType, schema);
        return new Declaration(
                id,
                topic,
                summary,
                description,
                parameters,
                anyQuery,
                withoutStores,
                Optional.of(new Body(content)),
                replies,
                refusals,
                refusing);
    }

    public Declaration answers(int status, String what, Schema schema) {
        return answers(Reply.json(status, what, schema));
    }

    public Declaration answers(Reply reply) {
        return new Declaration(
                id,
                topic,
                summary,
                description,
                parameters,
                anyQuery,
                withoutStores,
                body,
                and(replies, List.of(reply)),
                refusals,
                refusing);
    }

    public Declaration refuses(RefusalReason... more) {
        return new Declaration(
                id,
                topic,
                summary,
                description,
                parameters,
                anyQuery,
                withoutStores,
                body,
                replies,
                and(refusals, List.of(more)),
                refusing);
    }

    /** It is refused in another form than the rest. */
    public Declaration refusesAs(Map<String, Schema> content) {
        return new Declaration(
                id, topic, summary, description, parameters, anyQuery, withoutStores, body, replies, refusals, content);
    }

    private static <T> List<T> and(List<? extends T> some, List<? extends T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    /** The names of those that stand there. */
    public List<String> names(In in) {
        return parameters.stream()
                .filter(parameter -> parameter.in() == in)
                .map(Parameter::name)
                .toList();
    }

    /**
     * Makes sure that what is read is what is declared.
     *
     * @throws IllegalArgumentException for what the declaration does not have
     */
    public void require(Parameter<?> parameter) {
        if (!parameters.contains(parameter)) {
            throw new IllegalArgumentException(id + " does not declare the parameter " + parameter.name());
        }
    }
}
