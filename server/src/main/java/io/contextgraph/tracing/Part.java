// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * A part of a request that takes time: what a store was asked.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class Part implements AutoCloseable {
    /** Of what is not traced. */
    public static final Part NONE = new Part(null);

    private final @Nullable Span span;

    Part(@Nullable Span span) {
        this.span = span;
    }

    /** @param reason why it has failed: one of a fixed set */
    public void failed(String reason) {
        if (span != null) {
            span.setAttribute(AttributeKey.stringKey(RequestSpan.ERROR_TYPE), reason);
            span.setStatus(StatusCode.ERROR);
        }
    }

    /** It has ended. */
    @Override
    public void close() {
        if (span != null) {
            span.end();
        }
    }
}
