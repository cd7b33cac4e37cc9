// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Options;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatDetectorTest {
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
                "OPENHANDS; [{\"id\":0,\"source\":\"agent\",\"action\":\"read\"}]",
                "OPENHANDS; {\"instance_id\":\"x\",\"history\":[{\"source\":\"user\",\"action\":\"message\"}]}",
                "CLAUDE_CODE; {\"type\":\"user\",\"uuid\":\"u\",\"parentUuid\":null,\"sessionId\":\"s\"}",
                "JAEGER; {\"data\":[{\"traceID\":\"1\",\"spans\":[]}]}",
                "AWS_CLOUDWATCH; [{\"timestamp\":\"t\",\"raw_otel_json\":{}}]",
                "SDK_DUMP; {\"spans\":[{\"name\":\"n\",\"context\":{\"trace_id\":1}}]}",
                "SDK_DUMP; {\"name\":\"n\",\"context\":{\"trace_id\":\"0x1\"}}",
                "SDK_DUMP; [{\"trace_id\":\"a\",\"span_id\":\"b\"}]",
            })
    void isRecognizedAndRefusedByName(Format format, String json) {
        refused(read(json), format, format.label() + ": recognized, not supported yet");
    }

    @Test
    void logsAndMetricsAreCounted() {
        Captured captured = read("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{},{}]}]}]}");
        assertThat(captured.format).isEqualTo(Format.OTLP_OTHER_SIGNALS);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.skipped).isEqualTo(Map.of("log records", 2L));
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
    void whatTheCollectorWritesRecordByRecordIsRecognized() {
        refused(
                read(new byte[] {0, 0, 0, 9, 0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 4, 88, 1, 2, 3}),
                Format.OTHER_ARCHIVE,
                "records compressed one by one, as the OpenTelemetry Collector's file exporter does: export them "
                        + "without compression");
        refused(
                read(new byte[] {0, 0, 0, 8, 0x0a, 0x06, 0x0a, 0x04, 0x0a, 0x02, 0x08, 0x01}),
                Format.OTLP_PROTOBUF,
                "OTLP/protobuf: recognized, not supported yet; export it as OTLP/JSON");
    }

    @Test
    void protobufIsToldFromText() {
        byte[] request = {0x0a, 0x06, 0x0a, 0x04, 0x0a, 0x02, 0x08, 0x01};
        refused(
                read(request),
                Format.OTLP_PROTOBUF,
                "OTLP/protobuf: recognized, not supported yet; export it as OTLP/JSON");
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
