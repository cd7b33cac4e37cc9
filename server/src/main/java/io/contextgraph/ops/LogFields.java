// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

/** What is known of where a line of the log comes from, beside what the line says. */
public final class LogFields {
    /** The name of the request that is being answered, as its answer has it. */
    public static final String REQUEST_ID = "request_id";

    /** The trace of the request that is being answered, where it is traced. */
    public static final String TRACE_ID = "trace_id";

    private LogFields() {}
}
