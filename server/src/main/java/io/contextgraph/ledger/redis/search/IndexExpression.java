// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What to ask of the search index: the text of the query, and the parameters that it names. */
final class IndexExpression {
    private final StringBuilder text = new StringBuilder();
    private final List<String> parameters = new ArrayList<>();
    private boolean neverTrue;

    /** Whether nothing at all can match. */
    boolean isNeverTrue() {
        return neverTrue;
    }

    /** Whether everything matches. */
    boolean isEmpty() {
        return text.isEmpty();
    }

    String text() {
        return text.toString();
    }

    /** Names and values in turn. */
    List<String> parameters() {
        return parameters;
    }

    void range(String field, String from, String to) {
        text.append("@%s:[%s %s] ".formatted(field, from, to));
    }

    /** What is no valid name is the name of nothing. */
    void name(String field, Optional<String> value) {
        neverTrue |= value.flatMap(Ids::fault).isPresent();
        oneOf(field, value.map(List::of));
    }

    /** One of these values of a field. */
    void oneOf(String field, Optional<List<String>> values) {
        if (values.isEmpty()) {
            return;
        }
        neverTrue |= values.get().isEmpty();
        List<String> names = new ArrayList<>();
        for (String value : values.get()) {
            String parameter = "p" + parameters.size() / 2;
            names.add("$" + parameter);
            parameters.addAll(List.of(parameter, value));
        }
        text.append("@%s:{%s} ".formatted(field, String.join("|", names)));
    }
}
