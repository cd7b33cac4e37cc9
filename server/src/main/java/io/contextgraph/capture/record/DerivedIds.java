// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.NameBasedGenerator;
import java.util.UUID;

/** Ids made of names, always the same for the same name (RFC 9562 UUID version 5, URL namespace). */
public final class DerivedIds {
    private static final NameBasedGenerator URL = Generators.nameBasedGenerator(NameBasedGenerator.NAMESPACE_URL);

    private DerivedIds() {}

    /** The event id of {@code name}. */
    static String event(String name) {
        return uuid(name).toString();
    }

    /** The event id of a span; both ids in lower-case hexadecimal. */
    public static String span(String traceId, String spanId) {
        return event("urn:otel:span:" + traceId + ":" + spanId);
    }

    /**
     * The event id of an event of the log, which has no id of its own.
     *
     * @param traceId as it says it, in lower-case hexadecimal; empty when it says none
     * @param spanId the same of its span
     * @param digest of the record
     */
    public static String logEvent(String traceId, String spanId, String digest) {
        return event("urn:otel:log:" + traceId + ":" + spanId + ":" + digest);
    }

    /** The trace id, 32 hexadecimal digits, of the events of a session's log that say none. */
    public static String traceOfLog(String session) {
        return event("urn:otel:log:" + session).replace("-", "");
    }

    /** The trace id, 32 hexadecimal digits, of one turn of a session. */
    public static String trace(String session, int turn) {
        return event("urn:trace:" + session + ":" + turn).replace("-", "");
    }

    private static UUID uuid(String name) {
        return URL.generate(name);
    }
}
