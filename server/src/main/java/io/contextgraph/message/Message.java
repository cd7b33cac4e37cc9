// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.message;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One message of a span, as plain text.
 *
 * @param direction whether the span was given it or gave it
 * @param role such as {@code user}; {@code tool} for what a tool was given and gave back, {@code input} and
 *     {@code output} where nobody is named
 * @param text of all its parts; empty when it only asks for calls
 * @param calls of tools that it asks for
 */
public record Message(Direction direction, String role, String text, List<Call> calls) {
    /** Seen from the span. */
    public enum Direction {
        IN,
        OUT
    }

    /** A call of a tool that a message asks for. */
    public record Call(String name, String arguments) {
        @Override
        public String toString() {
            return name + "(" + arguments + ")";
        }
    }

    public Message {
        calls = List.copyOf(calls);
    }

    /** Its text, then each call in a line of its own. */
    public String plain() {
        return Stream.concat(
                        Stream.of(text).filter(said -> !said.isEmpty()),
                        calls.stream().map(Call::toString))
                .collect(Collectors.joining("\n"));
    }

    /** Its text, else each call in a line of its own. */
    public String says() {
        return text.isBlank() ? plain() : text;
    }
}
