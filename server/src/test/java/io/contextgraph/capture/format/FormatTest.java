// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Options;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
    @TempDir
    private Path folder = Path.of("");

    private Captured read(byte[] content) {
        return Captured.read(Captured.write(folder, "file.json", content));
    }

    private Captured read(String content) {
        return read(content.getBytes(StandardCharsets.UTF_8));
    }

    private static void refused(Captured captured, Format format, String reason) {
        assertThat(captured.events).isEmpty();
        assertThat(captured.refused()).containsExactly(": " + reason);
        assertThat(captured.format).isEqualTo(format);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "JAEGER; {\"data\":[{\"traceID\":\"1\",\"spans\":[]}]}",
                "JAEGER; {\"traceID\":\"1\",\"spans\":[]}",
                "AWS_CLOUDWATCH; [{\"timestamp\":\"t\",\"raw_otel_json\":{}}]",
                "SDK_DUMP; {\"spans\":[{\"name\":\"n\",\"context\":{\"trace_id\":1}}]}",
                "SDK_DUMP; {\"name\":\"n\",\"context\":{\"trace_id\":\"0x1\"}}",
                "SDK_DUMP; [{\"trace_id\":\"a\",\"span_id\":\"b\"}]",
            })
    void formsOfSpansAreRecognized(Format format, String json) {
        assertThat(read(json).format).isEqualTo(format);
        assertThat(format.supported()).isTrue();
    }

    @Test
    void metricsAreCounted() {
        Captured captured = read("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"sum\":"
                + "{\"dataPoints\":[{},{}]}}]}]}]}");
        assertThat(captured.format).isEqualTo(Format.OTLP);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.skipped).isEqualTo(Map.of("metric data points", 2L));
    }

    @Test
    void whatIsNoTrace() {
        refused(read(""), Format.EMPTY, "the file is empty");
        refused(read(Captured.gzip(new byte[0])), Format.EMPTY, "the file is empty");
        refused(read(" \n "), Format.EMPTY, "the file holds nothing but white space");
        refused(read("# Title\n\nText.\n"), Format.TEXT, "the file is text, but not JSON");
        refused(
                read("# Title\n\nAn example:\n{\"messages\":[]}\nMore text.\n"),
                Format.TEXT,
                "the file is text, but not JSON");
        refused(read(new byte[] {0, 1, 2, 3, (byte) 0xff}), Format.BINARY, "binary data of no known format");
        refused(read("PK\u0003\u0004..."), Format.ZIP, "a zip archive: unpack it first");
        refused(
                read("{\"a\":1,\"b\\n\":[{\"c\":2}]}"),
                Format.OTHER_JSON,
                "JSON, but no known trace format: its fields are a, b?");
        refused(read("[1,2]"), Format.OTHER_JSON, "JSON, but no known trace format: no object in it");
        refused(read("\u0000\u0000\n \n"), Format.EMPTY, "the file holds nothing but white space");
    }

    @Test
    void whatIsPackedInAnotherWayIsRefusedWithWhatToDo() {
        refused(
                read("BZh91AY..."),
                Format.OTHER_ARCHIVE,
                "compressed by bzip2: unpack it first, e.g. bzip2 -dc FILE | contextgraph import -");
        refused(
                read(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}),
                Format.OTHER_ARCHIVE,
                "compressed by xz: unpack it first, e.g. xz -dc FILE | contextgraph import -");
        byte[] tar = new byte[512];
        System.arraycopy("notes.json".getBytes(StandardCharsets.US_ASCII), 0, tar, 0, 10);
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        refused(read(tar), Format.OTHER_ARCHIVE, "a tar archive: unpack it first");
        refused(read(Captured.gzip(tar)), Format.OTHER_ARCHIVE, "a tar archive: unpack it first");
    }

    @Test
    void protobufIsToldFromText() {
        String request = "\n\u0006\n\u0004\n\u0002\b\u0001";
        assertThat(read(request).format).isEqualTo(Format.OTLP_PROTOBUF);
        assertThat(read("\n\n\n\n{\"messages\":[]}\n").format).isEqualTo(Format.OPENAI_CHAT);
        assertThat(read("\n\t\n{\"messages\":[]}\n").format).isEqualTo(Format.OPENAI_CHAT);
        for (String name : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
            assertThat(read("\uFEFF\n{\n\"messages\":[]}\n".getBytes(Charset.forName(name))).format)
                    .as(name)
                    .isEqualTo(Format.OPENAI_CHAT);
        }
        refused(read("\n\u0006\n\t\n\u0002\b\u0001"), Format.BINARY, "binary data of no known format");
    }

    @Test
    void aCutOrBrokenDocumentIsRefusedWhole() {
        String document = "{\n\"resourceSpans\":[{\"scopeSpans\":[]},{\"scopeSpans\":[]}]}";
        refused(
                read(document.substring(0, document.length() - 2)),
                Format.OTLP,
                "malformed JSON at line 2, column 53: Unexpected end-of-input: expected close marker for Array");
        byte[] packed = Captured.gzip(document.getBytes(StandardCharsets.UTF_8));
        refused(read(Arrays.copyOf(packed, packed.length - 4)), Format.OTLP, "the gzip stream is cut");
        byte[] header = Arrays.copyOf(packed, 5);
        refused(read(header), Format.UNREADABLE, "the gzip stream is cut");
    }

    @Test
    void aDocumentOverTheLimitIsRefusedAndLinesAreNot() {
        String chat = "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}".formatted("x".repeat(50));
        CaptureOptions small = Options.maxBytes(9_000, 1000);
        Path document = Captured.write(folder, "d", "[" + (chat + ",\n").repeat(200) + chat + "]");
        refused(
                Captured.read(document, small),
                Format.OPENAI_CHAT,
                "a JSON document must not have more than 9000 bytes unpacked; of an array, each element may stand on a line "
                        + "of its own instead");
        Captured lines = Captured.read(Captured.write(folder, "l", (chat + "\n").repeat(200)), small);
        assertThat(lines.events).hasSize(200);
        assertThat(lines.refused()).isEmpty();
    }
}
