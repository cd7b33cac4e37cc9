// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Options;
import io.contextgraph.docs.GeneratedDocs;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What exporters write that is no text. */
class RecordUnitsTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319e";
    private static final String METRICS =
            "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"a\",\"sum\":{\"dataPoints\":[{}]}}]}]}]}";

    @TempDir
    private Path folder = Path.of("");

    /** A request with one span of this number. */
    private static byte[] request(int number) {
        Span span = Span.newBuilder()
                .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(TRACE)))
                .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(id(number))))
                .setName("step " + number)
                .setStartTimeUnixNano(1_788_795_000_000_000_000L + number)
                .build();
        return TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build()
                .toByteArray();
    }

    /** The same as JSON. */
    private static String json(int number) {
        return ("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"%s\",\"spanId\":\"%s\",\"name\":\"step %d\","
                        + "\"startTimeUnixNano\":\"%d\"}]}]}]}")
                .formatted(TRACE, id(number), number, 1_788_795_000_000_000_000L + number);
    }

    private static String id(int number) {
        return "%016x".formatted(number);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    /** A record behind its length. */
    private static byte[] record(byte[] content) {
        return joined(length(content.length), content);
    }

    private static byte[] length(int bytes) {
        return ByteBuffer.allocate(4).putInt(bytes).array();
    }

    private Captured read(byte[] content, CaptureOptions options) {
        return Captured.read(Captured.write(folder, "spans", content), options);
    }

    private Captured read(byte[] content) {
        return read(content, CaptureOptions.DEFAULTS);
    }

    /** Which spans there are, in order. */
    private static List<String> steps(Captured captured) {
        List<String> steps = new ArrayList<>();
        captured.events.forEach(event -> steps.add(event.payload()
                .map(payload -> payload.json().replaceAll(".*\"name\":\"step (\\d+)\".*", "$1"))
                .orElse("-")));
        return steps;
    }

    @Test
    void aRequestIsReadAsTheJsonThatSaysTheSame() throws IOException {
        Path samples = GeneratedDocs.root().resolve("server/src/test/resources/traces/otel/otlp");
        for (String sample : List.of("agent", "unmapped")) {
            Captured json = Captured.read(samples.resolve(sample).resolve("request.otlp.json"));
            byte[] request = Files.readAllBytes(samples.resolve(sample).resolve("request.pb"));
            for (byte[] content : List.of(
                    request,
                    Captured.gzip(request),
                    Zstd.compress(request),
                    record(request),
                    record(Zstd.compress(request)),
                    Captured.gzip(record(request)))) {
                Captured captured = read(content);
                assertThat(captured.format).isEqualTo(Format.OTLP_PROTOBUF);
                assertThat(captured.refusals).isEmpty();
                assertThat(captured.table()).isEqualTo(json.table());
                assertThat(captured.events)
                        .extracting(event -> event.id() + " " + event.sessionId())
                        .isEqualTo(json.events.stream()
                                .map(event -> event.id() + " " + event.sessionId())
                                .toList());
            }
        }
    }

    @Test
    void recordsFollowEachOther() {
        Captured plain = read(joined(record(request(1)), record(request(2)), record(request(3))));
        assertThat(steps(plain)).containsExactly("1", "2", "3");
        assertThat(plain.places).allMatch(place -> place.startsWith("record "));
        Captured packed = read(joined(
                record(Zstd.compress(request(1))),
                record(Zstd.compress(request(2))),
                record(Zstd.compress(request(3)))));
        assertThat(packed.events).isEqualTo(plain.events);
        assertThat(packed.format).isEqualTo(Format.OTLP_PROTOBUF);
        assertThat(packed.places).isEqualTo(plain.places);
    }

    @Test
    void recordsOfJsonAreJudgedEachForItself() {
        Captured captured = read(joined(
                record(Zstd.compress(json(1).getBytes(UTF_8))),
                record(Zstd.compress("{\"colour\":\"red\"}".getBytes(UTF_8))),
                record(Zstd.compress("{\"colour\":\"blue\"}".getBytes(UTF_8))),
                record(Zstd.compress(METRICS.getBytes(UTF_8))),
                record(Zstd.compress((json(2) + "\n").getBytes(UTF_8)))));
        assertThat(captured.format).isEqualTo(Format.OTLP);
        assertThat(steps(captured)).containsExactly("1", "2");
        assertThat(captured.skipped).containsEntry("metric data points", 1L);
        assertThat(captured.refused())
                .containsExactly(
                        "records 2 to 3: 2 values, each JSON, but no known trace format: its fields are colour");
    }

    @Test
    void aRecordThatIsCutCostsItself() {
        byte[] two = joined(record(request(1)), record(request(2)));
        int first = record(request(1)).length;
        for (int there = first + 5; there < two.length; there++) {
            Captured captured = read(Arrays.copyOf(two, there));
            assertThat(steps(captured)).containsExactly("1");
            assertThat(captured.refused())
                    .containsExactly("record 2: the record at byte " + first + " is cut: of its " + request(2).length
                            + " bytes the file has " + (there - first - 4));
        }
        Captured length = read(Arrays.copyOf(two, first + 3));
        assertThat(steps(length)).containsExactly("1");
        assertThat(length.refused())
                .containsExactly("record 2: the record at byte " + first
                        + " is cut: of the 4 bytes of its length the file has 3");
        Captured only = read(Arrays.copyOf(two, first - 3));
        assertThat(only.refused())
                .containsExactly("record 1: the record at byte 0 is cut: of its " + request(1).length
                        + " bytes the file has " + (request(1).length - 3));
    }

    @Test
    void aRecordThatIsDamagedCostsItself() {
        byte[] damaged = request(2);
        Arrays.fill(damaged, 10, damaged.length, (byte) 0xff);
        for (byte[] content : List.of(
                joined(record(request(1)), record(damaged), record(request(3))),
                joined(
                        record(Zstd.compress(request(1))),
                        record(Zstd.compress(damaged)),
                        record(Zstd.compress(request(3)))))) {
            Captured captured = read(content);
            assertThat(steps(captured)).containsExactly("1", "3");
            assertThat(captured.refused())
                    .singleElement()
                    .asString()
                    .startsWith("record 2: the record at byte ")
                    .contains(" is no request of OTLP/protobuf, or is damaged: ")
                    .doesNotEndWith(".");
        }
        byte[] frame = Zstd.compress(request(2));
        byte[] cut = Arrays.copyOf(frame, frame.length - 3);
        int first = record(Zstd.compress(request(1))).length;
        Captured packed =
                read(joined(record(Zstd.compress(request(1))), record(cut), record(Zstd.compress(request(3)))));
        assertThat(steps(packed)).containsExactly("1", "3");
        assertThat(packed.refused())
                .containsExactly(
                        "record 2: the record at byte " + first + " cannot be unpacked: the zstd stream is cut");
    }

    @Test
    void theFirstRecordMayBeTheDamagedOne() {
        byte[] damaged = request(1);
        Arrays.fill(damaged, (byte) 0xff);
        Captured captured = read(joined(record(damaged), new byte[4], new byte[4], record(request(2))));
        assertThat(steps(captured)).containsExactly("2");
        assertThat(captured.refused()).hasSize(2).last().isEqualTo("records 2 to 3: 2 values, each an empty record");
        assertThat(captured.refused().getFirst()).startsWith("record 1: the record at byte 0 is no request");
    }

    @Test
    void aRecordOverTheLimitCostsItselfPackedOrUnpacked() {
        CaptureOptions small = Options.maxBytes(9_000, 200);
        byte[] large = request(2);
        large = joined(large, large, large, large);
        Captured plain = read(joined(record(request(1)), record(large), record(request(3))), small);
        assertThat(steps(plain)).containsExactly("1", "3");
        assertThat(plain.refused())
                .containsExactly("record 2: the record at byte " + record(request(1)).length + " is said to have "
                        + large.length + " bytes, and must not have more than 200");
        Captured packed = read(
                joined(
                        record(Zstd.compress(request(1))),
                        record(Zstd.compress(large)),
                        record(Zstd.compress(request(3)))),
                small);
        assertThat(steps(packed)).containsExactly("1", "3");
        assertThat(packed.refused()).singleElement().asString().endsWith(" must not have more than 200 bytes unpacked");
        Captured lying = read(joined(record(request(1)), length(-2), request(2)));
        assertThat(steps(lying)).containsExactly("1");
        assertThat(lying.refused())
                .singleElement()
                .asString()
                .endsWith(
                        " is said to have 4294967294 bytes, and must not have more than 16777216; the file ends after "
                                + request(2).length);
    }

    @Test
    void aStreamOfRecordsThatIsCutKeepsThoseBefore() {
        byte[] frames = joined(Zstd.compress(record(request(1))), Zstd.compress(record(request(2))));
        Captured captured = read(Arrays.copyOf(frames, frames.length - 2));
        assertThat(steps(captured)).containsExactly("1");
        assertThat(captured.refused()).containsExactly("record 2: the zstd stream is cut; the records before are kept");
    }

    @Test
    void aRequestThatIsCutOrTooLargeIsRefusedWhole() {
        byte[] request = request(1);
        Captured cut = read(Arrays.copyOf(request, request.length - 1));
        assertThat(cut.format).isEqualTo(Format.OTLP_PROTOBUF);
        assertThat(cut.events).isEmpty();
        assertThat(cut.refused())
                .singleElement()
                .asString()
                .startsWith(": the file is no request of OTLP/protobuf, or is damaged: ");
        Captured large = read(joined(request, request), Options.maxBytes(request.length, 200));
        assertThat(large.events).isEmpty();
        assertThat(large.refused())
                .containsExactly(": a request must not have more than " + request.length + " bytes unpacked");
        assertThat(steps(read(joined(request, request(2))))).containsExactly("1", "2");
    }

    @Test
    void whatIsNoTextIsSaidSo() {
        byte[] latin = Zstd.compress("{\"a\":\"\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1));
        Captured captured = read(joined(record(latin), record(Zstd.compress("{\"a\":".getBytes(UTF_8)))));
        assertThat(captured.events).isEmpty();
        assertThat(captured.refused()).hasSize(2);
        assertThat(captured.refused().getFirst())
                .startsWith("record 1: the record at byte 0 is not UTF-8 at character 7");
        assertThat(captured.refused().getLast())
                .startsWith("record 2: the record at byte " + record(latin).length + " is malformed JSON at line 1");
    }
}
