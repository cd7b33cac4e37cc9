// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ops.Metrics;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final Metrics metrics = new Metrics();
    private final CompletableResultCode answer = new CompletableResultCode();

    /** A receiver that does not answer until it is told to. */
    private final SpanExporter slow = new SpanExporter() {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return answer;
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    };

    private double counted(String outcome) {
        String name = "contextgraph_tracing_spans_total{outcome=\"" + outcome + "\"} ";
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    @Test
    void whatHasNoRoomIsDroppedAndCounted() {
        Outbox outbox = new Outbox(slow, "http://collector:4318/v1/traces", new Outbox.Counts(metrics));
        try (SdkTracerProvider provider =
                SdkTracerProvider.builder().addSpanProcessor(outbox).build()) {
            Tracer tracer = provider.get("test");
            for (int i = 0; i < Outbox.MOST + 10; i++) {
                tracer.spanBuilder("one").startSpan().end();
            }
            assertThat(counted("dropped")).isEqualTo(10);
            CompletableResultCode ignored = answer.succeed();
            assertThat(provider.forceFlush().join(20, TimeUnit.SECONDS).isSuccess())
                    .isTrue();
            assertThat(counted("exported")).isEqualTo(Outbox.MOST);
            tracer.spanBuilder("one").startSpan().end();
            assertThat(counted("dropped")).isEqualTo(10);
        }
    }
}
