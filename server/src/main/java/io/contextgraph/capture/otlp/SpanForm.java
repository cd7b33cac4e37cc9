// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.Mark;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A form in which spans and log records are written. */
interface SpanForm {
    /** Finds all that is in a value, in the order in which it stands there. */
    void walk(JsonNode json, OtlpFound into);

    /** What the form is, where it has lost something of a span; empty where it has all of it. */
    default Optional<Mark.Lossy> lossy() {
        return Optional.empty();
    }
}
