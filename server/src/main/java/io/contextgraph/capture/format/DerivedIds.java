// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.NameBasedGenerator;
import java.util.UUID;

/** Ids made of names, always the same for the same name (RFC 9562 UUID version 5, URL namespace). */
final class DerivedIds {
    private static final NameBasedGenerator URL = Generators.nameBasedGenerator(NameBasedGenerator.NAMESPACE_URL);

    private DerivedIds() {}

    /** The event id of {@code name}. */
    static String event(String name) {
        return uuid(name).toString();
    }

    /** The event id of a span; both ids in lower-case hexadecimal. */
    static String span(String traceId, String spanId) {
        return event("urn:otel:span:" + traceId + ":" + spanId);
    }

    /** The trace id, 32 hexadecimal digits, of one turn of a session. */
    static String trace(String session, int turn) {
        return event("urn:trace:" + session + ":" + turn).replace("-", "");
    }

    private static UUID uuid(String name) {
        return URL.generate(name);
    }
}
