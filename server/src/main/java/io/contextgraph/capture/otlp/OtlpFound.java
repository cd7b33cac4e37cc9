// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes what a form has: records by the names of OTLP/JSON, each with its place in the value. */
interface OtlpFound {
    /** What follows was sent together. */
    void request();

    /** @param context what is said around it: {@code resource}, {@code scope} and schema addresses */
    void span(JsonNode span, ObjectNode context, String pointer);

    /** @param context as of spans */
    void log(JsonNode log, ObjectNode context, String pointer);

    /** Something that is no record, or cannot be read as one. */
    void refuse(String pointer, IllegalArgumentException wrong);

    /** Things that are on purpose no events; {@code what} names their kind, in the plural. */
    void skip(String what, long count);
}
