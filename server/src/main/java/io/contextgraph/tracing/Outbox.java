// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import io.contextgraph.ops.Metrics;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans that wait to be sent: a bounded number, in batches. It counts what becomes of each, and says now and then that some
 * are lost.
 *
 * <p><b>Threads.</b> Safe for threads; who brings a span never waits.
 */
final class Outbox implements SpanProcessor {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    /** So many wait at most, those that are being sent included. */
    static final int MOST = 4096;

    private static final Duration BETWEEN = Duration.ofMinutes(1);

    /** A span waits so long for others that are sent with it. */
    private static final Duration GATHER = Duration.ofSeconds(1);

    private final SpanProcessor batches;
    private final AtomicInteger waiting = new AtomicInteger();
    private final String endpoint;
    private final Counts counts;
    private volatile boolean ended;
    private long untold;
    private long toldNanos = System.nanoTime() - BETWEEN.toNanos();

    /** What became of spans; zero from the start, also where there are none. */
    static final class Counts {
        private final LongConsumer exported;
        private final LongConsumer dropped;
        private final LongConsumer failed;

        Counts(Metrics metrics) {
            exported = counter(metrics, "exported");
            dropped = counter(metrics, "dropped");
            failed = counter(metrics, "failed");
        }

        private static LongConsumer counter(Metrics metrics, String outcome) {
            return metrics.counter(
                    "contextgraph.tracing.spans",
                    "Spans of own requests, by what became of them; dropped: too many waited, or the server ended",
                    "outcome",
                    outcome);
        }
    }

    /** @param endpoint of those to whom they go, as it may be shown */
    Outbox(SpanExporter exporter, String endpoint, Counts counts) {
        this.endpoint = endpoint;
        this.counts = counts;
        this.batches = BatchSpanProcessor.builder(new Counted(exporter))
                .setMaxQueueSize(MOST)
                .setScheduleDelay(GATHER)
                .build();
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        batches.onStart(parent, span);
    }

    @Override
    public boolean isStartRequired() {
        return batches.isStartRequired();
    }

    /** Here it is decided whether there is room, so that what is dropped is known. */
    @Override
    public void onEnd(ReadableSpan span) {
        if (waiting.incrementAndGet() > MOST) {
            waiting.decrementAndGet();
            counts.dropped.accept(1);
            lost(1, "more than " + MOST + " wait to be sent");
            return;
        }
        batches.onEnd(span);
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    private void settle(int count, CompletableResultCode result) {
        if (ended) {
            return;
        }
        waiting.addAndGet(-count);
        if (result.isSuccess()) {
            counts.exported.accept(count);
        } else {
            counts.failed.accept(count);
            lost(count, ExportFailure.told(result.getFailureThrowable()));
        }
    }

    private synchronized void lost(int count, String why) {
        untold += count;
        long now = System.nanoTime();
        if (now - toldNanos >= BETWEEN.toNanos()) {
            LOG.warn("spans of own requests, for {}, are lost, {} until now: {}", endpoint, untold, why);
            untold = 0;
            toldNanos = now;
        }
    }

    /** Nothing counts any more: says what was not sent when the server ended. */
    void tellLeft() {
        ended = true;
        int left = waiting.getAndSet(0);
        if (left > 0) {
            counts.dropped.accept(left);
            LOG.warn("{} spans of own requests were not sent to {} before the server ended", left, endpoint);
        }
    }

    @Override
    public CompletableResultCode forceFlush() {
        return batches.forceFlush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return batches.shutdown();
    }

    private final class Counted implements SpanExporter {
        private final SpanExporter exporter;

        Counted(SpanExporter exporter) {
            this.exporter = exporter;
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            int count = spans.size();
            CompletableResultCode result = exporter.export(spans);
            CompletableResultCode ignored = result.whenComplete(() -> settle(count, result));
            return result;
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
}
