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
     * The event id of a log record, which has no id of its own.
     *
     * @param digest of the record, with its trace and span
     * @param ordinal among records of one request that have the same digest, from 1 on
     */
    public static String log(String digest, int ordinal) {
        return event("urn:otel:log:" + digest + ":" + ordinal);
    }

    /** The trace id, 32 hexadecimal digits, of what a prompt of a session has led to, as far as a log tells of it. */
    public static String traceOfLog(String session, String turn) {
        return event("urn:otel:turn:" + session + ":" + turn).replace("-", "");
    }

    /** The trace id, 32 hexadecimal digits, of the events of a session's log that say none. */
    public static String traceOfLog(String session) {
        return event("urn:otel:log:" + session).replace("-", "");
    }

    /** The trace id, 32 hexadecimal digits, of one turn of a session. */
    public static String trace(String session, int turn) {
        return event("urn:trace:" + session + ":" + turn).replace("-", "");
    }

    /** The event id of a record that has an id of its own where it comes from: of {@code urn:<format>:<part>:<part>}. */
    public static String record(String format, String... parts) {
        return event("urn:" + format + ":" + String.join(":", parts));
    }

    /** The trace id, 32 hexadecimal digits, that is called so where it comes from. */
    public static String traceOf(String format, String... parts) {
        return event("urn:trace:" + format + ":" + String.join(":", parts)).replace("-", "");
    }

    private static UUID uuid(String name) {
        return URL.generate(name);
    }
}
