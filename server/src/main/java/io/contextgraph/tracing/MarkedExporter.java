// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Puts our mark on all that is sent, as it is then: a ledger has no id before its first event. */
final class MarkedExporter implements SpanExporter {
    private final OwnTraces own;
    private final SpanExporter exporter;
    private volatile String mark;

    /** @param exporter sends, and asks for the mark of what is sent each time */
    MarkedExporter(OwnTraces own, Function<Supplier<String>, SpanExporter> exporter) {
        this.own = own;
        this.mark = own.process();
        this.exporter = exporter.apply(() -> mark);
    }

    private static final class Marked extends DelegatingSpanData {
        private final Resource resource;

        Marked(SpanData span, Resource resource) {
            super(span);
            this.resource = resource;
        }

        @Override
        public Resource getResource() {
            return resource;
        }
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        if (spans.isEmpty()) {
            return CompletableResultCode.ofSuccess();
        }
        String now = own.mark();
        mark = now;
        // One for all: the exporter groups by it.
        Resource resource = spans.iterator().next().getResource().toBuilder()
                .put(OwnTraces.ATTRIBUTE, now)
                .build();
        List<SpanData> marked =
                spans.stream().<SpanData>map(span -> new Marked(span, resource)).toList();
        return exporter.export(marked);
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
