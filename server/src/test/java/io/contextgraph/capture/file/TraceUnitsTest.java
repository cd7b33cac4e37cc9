// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.capture.text.Replaced;
import io.contextgraph.capture.text.TraceSource;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceUnitsTest {
    private static final String SPAN =
            "{\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\","
                    + "\"startTimeUnixNano\":\"1544712660000000000\"}";
    private static final String RESOURCE = "{\"resource\":{},\"scopeSpans\":[{\"spans\":[" + SPAN + "]}]}";
    private static final String SPANS = "{\"resourceSpans\":[" + RESOURCE + "]}";
    private static final String METRICS = "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":["
            + "{\"name\":\"a\",\"sum\":{\"dataPoints\":[{},{}]}},{\"name\":\"b\",\"gauge\":{\"dataPoints\":[{}]}}]}]}]}";
    private static final String LOGS = "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{},{}]}]}]}";
    private static final String CHAT = "{\"messages\":[{\"role\":\"user\",\"content\":\"Grüße\"}]}";
    private static final String UNKNOWN = "{\"colour\":\"red\"}";

    @TempDir
    private Path folder = Path.of("");

    /** What was given, in order; the values besides. */
    private static final class Given implements UnitSink {
        private final List<String> all = new ArrayList<>();
        private final List<Unit> units = new ArrayList<>();
        private Format format = Format.UNREADABLE;

        @Override
        public void unit(Format of, Unit unit) {
            units.add(unit);
            all.add(of + " " + unit.place());
        }

        @Override
        public void refused(Refusal refusal) {
            all.add(refusal.place() + ": " + refusal.reason());
        }

        private String json(int unit) {
            return units.get(unit).json().toString();
        }
    }

    private Given read(byte[] content) {
        Path path = Captured.write(folder, "file.json", content);
        TraceFile file = new TraceFile(TraceSource.of(path), "file.json", content.length, true);
        TraceUnits units = new TraceUnits(CaptureOptions.DEFAULTS);
        Given given = new Given();
        given.format = units.read(file, given);
        Given again = new Given();
        assertThat(units.read(file, again)).isEqualTo(given.format);
        assertThat(again.all).isEqualTo(given.all);
        assertThat(again.units).isEqualTo(given.units);
        return given;
    }

    private Given read(String content) {
        return read(content.getBytes(UTF_8));
    }

    private static String lines(String... lines) {
        return String.join("\n", lines) + "\n";
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    @Test
    void eachLineIsJudgedForItself() {
        Given given = read(lines(METRICS, UNKNOWN, SPANS, CHAT, LOGS, "[" + UNKNOWN + "]", UNKNOWN, "7", SPANS));
        assertThat(given.all)
                .containsExactly(
                        "OTLP line 1",
                        "line 2: JSON, but no known trace format: its fields are colour",
                        "OTLP line 3",
                        "OPENAI_CHAT line 4",
                        "OTLP line 5",
                        "lines 6 to 7: 2 values, each JSON, but no known trace format: its fields are colour",
                        "line 8: JSON, but no known trace format: no object in it",
                        "OTLP line 9");
        assertThat(given.format).isEqualTo(Format.OTLP);
    }

    @Test
    void oneRequestMayHoldAllSignals() {
        String both = SPANS.substring(0, SPANS.length() - 1) + "," + METRICS.substring(1);
        assertThat(read(both).all).containsExactly("OTLP ");
        for (String content : List.of(both, "[" + METRICS + "," + SPANS + "]", lines(METRICS, SPANS))) {
            Captured captured = Captured.read(Captured.write(folder, "signals", content));
            assertThat(captured.events).as(content).hasSize(1);
            assertThat(captured.skipped).as(content).isEqualTo(Map.of("metric data points", 3L));
            assertThat(captured.refusals).as(content).isEmpty();
        }
    }

    @Test
    void spansWithoutARequestAroundThemAreReadAsThoseOfOne() {
        Given given = read(lines(RESOURCE, SPAN, RESOURCE.replace("scopeSpans", "scope_spans")));
        assertThat(given.all).containsExactly("OTLP line 1", "OTLP line 2", "OTLP line 3");
        EventId whole = Captured.read(Captured.write(folder, "request", SPANS))
                .events
                .getFirst()
                .id();
        for (String part : List.of(RESOURCE, SPAN, RESOURCE.replace("scopeSpans", "scope_spans"))) {
            assertThat(Captured.read(Captured.write(folder, "part", part)).events)
                    .as(part)
                    .extracting(Event::id)
                    .containsExactly(whole);
        }
    }

    @Test
    void aFileThatIsNotReadIsRefusedOnce() {
        String why = "JSON, but no known trace format: its fields are colour";
        assertThat(read(lines(UNKNOWN, UNKNOWN, UNKNOWN)).all).containsExactly(": " + why);
        assertThat(read(lines(UNKNOWN, CHAT, UNKNOWN, UNKNOWN)).all)
                .containsExactly("line 1: " + why, "OPENAI_CHAT line 2", "lines 3 to 4: 2 values, each " + why);
    }

    @Test
    void whatIsCutCostsItsLine() {
        String nuls = "\u0000".repeat(3000);
        assertThat(read(nuls + lines(CHAT, nuls + CHAT + nuls) + nuls).all)
                .containsExactly("OPENAI_CHAT line 1", "OPENAI_CHAT line 2");
        assertThat(read(lines(CHAT.substring(14), CHAT, CHAT.substring(0, 20))).all)
                .containsExactly(
                        "line 1: the line is cut at its beginning: malformed JSON at column 7: Unexpected character "
                                + "(':' (code 58)): expected a valid value (JSON String, Number, Array, Object or "
                                + "token 'null', 'true' or 'false')",
                        "OPENAI_CHAT line 2",
                        "line 3: the line is cut at its end: malformed JSON at column 21: Unexpected end-of-input "
                                + "within/between Object entries");
        // Cut where the rest could go on.
        assertThat(read(lines("{\"messages\":[],", CHAT, CHAT, CHAT)).units).hasSize(3);
        assertThat(read(nuls + CHAT + nuls).all).containsExactly("OPENAI_CHAT ");
    }

    @Test
    void documentsFollowEachOther() {
        String pretty = "{\n  \"messages\": [\n    {\"role\": \"user\"}\n  ]\n}";
        for (String between : List.of("\n", "", "\n\n", ",\n", "\n,\n", "\r\n")) {
            Given given = read(pretty + between + pretty + between + UNKNOWN + between);
            assertThat(given.all.subList(0, 2))
                    .as(between)
                    .containsExactly(
                            "OPENAI_CHAT line 1",
                            "OPENAI_CHAT " + given.units.get(1).place());
            assertThat(given.all.get(2)).endsWith(": JSON, but no known trace format: its fields are colour");
            assertThat(given.json(1)).isEqualTo("{\"messages\":[{\"role\":\"user\"}]}");
        }
        assertThat(read(pretty + "\nsaved\nsaved\n" + pretty).all)
                .containsExactly(
                        "OPENAI_CHAT line 1",
                        "lines 6 to 7: 2 values, each text between JSON documents",
                        "OPENAI_CHAT line 8");
        assertThat(read("[\n" + pretty + ",\n" + pretty + "\n]").all).containsExactly("OPENAI_CHAT ");
        assertThat(read(CHAT + ",\n" + CHAT + ",\n" + CHAT).units).hasSize(3);
    }

    @Test
    void aMalformedDocumentCostsItselfOnly() {
        String good = "{\n  \"messages\": [{\"role\": \"user\"}]\n}\n";
        String bad = "{\n  \"messages\": oops\n}\n";
        List<String> all = read(good + bad + good).all;
        assertThat(all).hasSize(3);
        assertThat(all.get(0)).isEqualTo("OPENAI_CHAT line 1");
        assertThat(all.get(1))
                .startsWith("line 4: malformed JSON at line 5, column ")
                .endsWith("; the next document is read from line 7");
        assertThat(all.get(2)).isEqualTo("OPENAI_CHAT line 7");
        // What only looks like lines is one document.
        Given cut = read("[\n{\"role\":\"user\"},\n{\"role\":\"user\"}\n");
        assertThat(cut.all).hasSize(1);
        assertThat(cut.all.getFirst()).startsWith(": malformed JSON at line ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "UTF-8"})
    void textMayBeInAnyEncodingOfUnicode(String name) {
        Charset encoding = Charset.forName(name);
        for (String content : List.of(CHAT, CHAT + "\r\n" + CHAT + "\r\n")) {
            byte[] marked = ("\uFEFF" + content).getBytes(encoding);
            Given given = read(marked);
            assertThat(given.units).hasSize(content.equals(CHAT) ? 1 : 2);
            assertThat(given.json(0)).isEqualTo(CHAT);
            assertThat(read(Captured.gzip(marked)).all).isEqualTo(given.all);
            if (!name.startsWith("UTF-32")) {
                assertThat(read(content.getBytes(encoding)).all).isEqualTo(given.all);
            }
        }
    }

    @Test
    void ofCutUtf16TheLinesBeforeTheCutAreKept() {
        byte[] lines = lines(CHAT, CHAT, CHAT).getBytes(StandardCharsets.UTF_16LE);
        List<String> all = read(Arrays.copyOf(lines, lines.length - 21)).all;
        assertThat(all).hasSize(3);
        assertThat(all.subList(0, 2)).containsExactly("OPENAI_CHAT line 1", "OPENAI_CHAT line 2");
        assertThat(all.get(2)).startsWith("line 3: the line is cut at its end: ");
    }

    @Test
    void aLineMayBeCutInTheMiddleOfACharacter() {
        byte[] chat = CHAT.getBytes(UTF_8);
        byte[] good = (CHAT + "\n").getBytes(UTF_8);
        byte[] tail = Arrays.copyOfRange(good, CHAT.indexOf('ü') + 1, good.length);
        List<String> all = read(joined(tail, good, good, Arrays.copyOf(chat, CHAT.indexOf('ü') + 1))).all;
        assertThat(all).hasSize(4);
        assertThat(all.get(0)).startsWith("line 1: the line is cut at its beginning: ");
        assertThat(all.get(3)).startsWith("line 4: the line is cut at its end: ");
    }

    @Test
    void whatIsNoUtf8IsNamed() {
        byte[] latin = (CHAT + "\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] good = (CHAT + "\n").getBytes(UTF_8);
        String advice = " (Windows-1252 or Latin-1?): convert it, e.g. iconv -f WINDOWS-1252 -t UTF-8";
        assertThat(read(joined(good, latin, good)).all)
                .containsExactly(
                        "OPENAI_CHAT line 1",
                        "line 2: the line is not UTF-8 at column 42" + advice,
                        "OPENAI_CHAT line 3");
        assertThat(read(joined("{\n\"a\":1,\n".getBytes(UTF_8), Arrays.copyOfRange(latin, 1, latin.length))).all)
                .containsExactly(": the file is not UTF-8 at line 3, column 41" + advice);
        assertThat(read(latin).all).containsExactly(": the file is not UTF-8 at line 1, column 42" + advice);
    }

    @Test
    void numbersThatAreNotFiniteBecomeTexts() {
        Given given = read(
                lines("{\"messages\":[{\"role\":\"user\",\"p\":[NaN,-Infinity,{\"q\":Infinity}]}],\"r\":NaN}", CHAT));
        assertThat(given.json(0))
                .isEqualTo(
                        "{\"messages\":[{\"role\":\"user\",\"p\":[\"NaN\",\"-Infinity\",{\"q\":\"Infinity\"}]}],\"r\":\"NaN\"}");
        assertThat(given.units).extracting(Unit::replaced).containsExactly(new Replaced(4, 0), Replaced.NONE);
    }

    @Test
    void halvesOfCharactersAreReplacedInTextsAndNames() {
        String value = "{\"role\":\"\\ud83d\",\"a\\ud83d\":1,\"a\\udc00\":{\"\\ud83d\\ude00\":2},\"a\ufffd#2\":3}";
        Given given = read(value);
        assertThat(given.all).containsExactly("OPENAI_MESSAGES ");
        assertThat(given.json(0))
                .isEqualTo("{\"role\":\"\ufffd\",\"a\ufffd\":1,\"a\ufffd#3\":{\"\ud83d\ude00\":2},\"a\ufffd#2\":3}");
        assertThat(given.units.getFirst().replaced()).isEqualTo(new Replaced(0, 3));
        Given line = read(lines(value, value));
        assertThat(line.json(1)).isEqualTo(given.json(0));
        assertThat(line.units.get(1).replaced()).isEqualTo(new Replaced(0, 3));
        String longer = "{\"role\":\"" + "\\\\\\ud83d\\ude00 \\u00e9".repeat(5000) + "\",\"\\ud83d\":1}";
        assertThat(read(longer).json(0))
                .isEqualTo("{\"role\":\"" + "\\\\\ud83d\ude00 é".repeat(5000) + "\",\"\ufffd\":1}");
    }

    @Test
    void aNameThatComesTwiceCostsTheLine() {
        assertThat(read(lines("{\"role\":\"user\",\"role\":\"tool\"}", CHAT)).all)
                .containsExactly(
                        "line 1: malformed JSON at column 22: Duplicate Object property \"role\"",
                        "OPENAI_CHAT line 2");
    }

    @Test
    void noMessageNamesASettingOfTheParser() {
        for (String line : List.of(
                "{\"a\":0x1F}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{'a':1}",
                "// a",
                "{a:1}",
                "{\"a\":1,}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\t\"}",
                "{\"a\":.5}",
                "{\"a\":5.}",
                "{\"a\":undefined}",
                "{\"a\":/*b*/1}",
                "{\"a\":\u001e}",
                "{\"a\":-INFI}")) {
            Given given = read(lines(line, CHAT, CHAT));
            assertThat(given.units).as(line).hasSize(2);
            assertThat(given.all.getFirst())
                    .startsWith("line 1: malformed JSON")
                    .doesNotContainIgnoringCase("feature", "enabl");
        }
    }

    @Test
    void gzipMayHaveSeveralMembersAndBeCut() {
        byte[] member = Captured.gzip(lines(CHAT, CHAT).getBytes(UTF_8));
        assertThat(read(joined(member, member)).units).hasSize(4);
        byte[] two = joined(member, member);
        assertThat(read(Arrays.copyOf(two, two.length - 4)).all.getLast())
                .endsWith("the gzip stream is cut; the lines before are kept");
    }

    @Test
    void behindGzipNulsMayStandAndNothingElse() {
        byte[] lines = lines(CHAT, CHAT).getBytes(UTF_8);
        byte[] member = Captured.gzip(lines);
        assertThat(read(joined(member, new byte[700], member, new byte[100_000])).units)
                .hasSize(4);
        assertThat(read(joined(member, "more".getBytes(UTF_8))).all)
                .containsExactly(
                        "OPENAI_CHAT line 1",
                        "OPENAI_CHAT line 2",
                        "line 3: something else stands behind the gzip stream; the lines before are kept");
        byte[] document = Captured.gzip("{\n\"messages\":[]\n}".getBytes(UTF_8));
        assertThat(read(joined(document, document)).units).hasSize(2);
        assertThat(read(joined(document, "more".getBytes(UTF_8))).all)
                .containsExactly("OPENAI_CHAT line 1", "line 1: something else stands behind the gzip stream");
    }

    @Test
    void whatIsNoLongerAsItWasCompressedIsNotTaken() {
        byte[] packed = Captured.gzip("{\n\"messages\":[]\n}".getBytes(UTF_8));
        byte[] sum = packed.clone();
        sum[sum.length - 8] ^= 1;
        assertThat(read(sum).all)
                .containsExactly(": the gzip stream is damaged: its check sum is that of other content");
        byte[] header = packed.clone();
        header[3] |= (byte) 0x80;
        assertThat(read(header).all).containsExactly(": the gzip stream is damaged: its header is none");
        byte[] content = packed.clone();
        content[10] |= 0x07;
        assertThat(read(content).all).singleElement().asString().startsWith(": the gzip stream is damaged: ");
    }

    @Test
    void aHeaderOfGzipMayHaveAllThatItCanHave() {
        byte[] plain = Captured.gzip(CHAT.getBytes(UTF_8));
        byte[] header = {0x1f, (byte) 0x8b, 8, 0x1f, 0, 0, 0, 0, 0, 3, 3, 0, 'x', 'y', 'z', 'n', 'a', 0, 'c', 0, 1, 2};
        byte[] whole = joined(header, Arrays.copyOfRange(plain, 10, plain.length));
        assertThat(read(whole).all).containsExactly("OPENAI_CHAT ");
        for (int length = 2; length < header.length; length++) {
            assertThat(read(Arrays.copyOf(whole, length)).all).containsExactly(": the gzip stream is cut");
        }
    }

    @Test
    void zstdMayHaveSeveralFramesAndBeCut() {
        byte[] frame = Zstd.compress(lines(CHAT, CHAT).getBytes(UTF_8));
        byte[] other = {0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7};
        Given plain = read(lines(CHAT, CHAT, CHAT, CHAT));
        assertThat(read(joined(frame, frame)).units).isEqualTo(plain.units);
        assertThat(read(joined(other, frame, other, frame)).units).isEqualTo(plain.units);
        byte[] two = joined(frame, frame);
        assertThat(read(Arrays.copyOf(two, two.length - 4)).all)
                .containsExactly(
                        "OPENAI_CHAT line 1",
                        "OPENAI_CHAT line 2",
                        "line 3: the zstd stream is cut; the lines before are kept");
        assertThat(read(joined(frame, "more and more".getBytes(UTF_8))).all)
                .hasSize(3)
                .last()
                .asString()
                .startsWith("line 3: the zstd stream is damaged: ")
                .endsWith("; the lines before are kept");
        byte[] document = Zstd.compress("{\n\"messages\":[]\n}".getBytes(UTF_8));
        assertThat(read(document).all).containsExactly("OPENAI_CHAT ");
        assertThat(read(Arrays.copyOf(document, document.length - 2)).all).containsExactly(": the zstd stream is cut");
    }

    @Test
    void packingsMayBeInEachOther() {
        byte[] plain = lines(CHAT, CHAT).getBytes(UTF_8);
        Given expected = read(plain);
        assertThat(read(Captured.gzip(Zstd.compress(plain))).units).isEqualTo(expected.units);
        byte[] three = Zstd.compress(Captured.gzip(Zstd.compress(plain)));
        assertThat(read(three).units).isEqualTo(expected.units);
        Given four = read(Captured.gzip(three));
        assertThat(four.all).containsExactly(": compressed more than 3 times over: unpack it first");
        assertThat(four.format).isEqualTo(Format.OTHER_ARCHIVE);
    }

    @Test
    void aWindowThatNeedsMuchMemoryIsRefused() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // The header of a frame with a window of 1 GiB, and a block of one character.
        bytes.writeBytes(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (20 << 3), 9, 0, 0, '{'});
        assertThat(read(bytes.toByteArray()).all)
                .containsExactly(": the zstd stream needs more than 128 MiB of memory to be unpacked: unpack it first, "
                        + "with zstd -d --long=31");
    }

    @Test
    void aFileThatMayNotBeReadIsNamed() {
        TraceFile file = new TraceFile(
                () -> {
                    throw new AccessDeniedException("file.json");
                },
                "file.json",
                1,
                true);
        Given given = new Given();
        assertThat(new TraceUnits(CaptureOptions.DEFAULTS).read(file, given)).isEqualTo(Format.UNREADABLE);
        assertThat(given.all).containsExactly(": the file may not be read: permission denied");
    }

    @Test
    void aFileThatCannotBeReadToItsEndKeepsWhatWasRead() {
        byte[] lines = lines(CHAT, CHAT).getBytes(UTF_8);
        TraceFile file = new TraceFile(
                () -> new SequenceInputStream(
                        new ByteArrayInputStream(lines),
                        Captured.failing(new FileSystemException("/mnt/share/file.json", null, "Stale file handle"))),
                "file.json",
                1,
                true);
        Given given = new Given();
        assertThat(new TraceUnits(CaptureOptions.DEFAULTS).read(file, given)).isEqualTo(Format.OPENAI_CHAT);
        assertThat(given.all)
                .containsExactly(
                        "OPENAI_CHAT line 1",
                        "OPENAI_CHAT line 2",
                        "line 3: the file cannot be read: Stale file handle; the lines before are kept");
    }

    @Test
    void filesThatWerePutTogetherHaveByteOrderMarksWithin() {
        String mark = "\ufeff";
        byte[] lines = (mark + CHAT + "\n" + mark + mark + SPANS + "\n" + mark + "\n").getBytes(StandardCharsets.UTF_8);
        assertThat(read(lines).all).containsExactly("OPENAI_CHAT line 1", "OTLP line 2");
        byte[] rotated = ("\0\0" + mark + CHAT + "\n" + CHAT).getBytes(StandardCharsets.UTF_8);
        assertThat(read(rotated).all).containsExactly("OPENAI_CHAT line 1", "OPENAI_CHAT line 2");
    }

    @Test
    void whatIsOverALimitOfTheParserIsNamedAndCostsItself() {
        for (String over : List.of("9".repeat(1500), "[".repeat(600) + "]".repeat(600))) {
            String document = "{\n\"a\":" + over + "\n}\n";
            assertThat(read(document.getBytes(StandardCharsets.UTF_8)).all)
                    .singleElement()
                    .asString()
                    .contains("exceeds the maximum allowed")
                    .doesNotContain("`");
            byte[] two = (document + "{\n" + CHAT.substring(1)).getBytes(StandardCharsets.UTF_8);
            assertThat(read(two).all).hasSize(2).last().asString().startsWith("OPENAI_CHAT");
        }
    }

    @Test
    void rowsThatAreNotThereCostNoOther() {
        assertThat(read(("null\nnull\n" + CHAT + "\nnull\n").getBytes(StandardCharsets.UTF_8)).all)
                .containsExactly(
                        "lines 1 to 2: 2 values, each JSON, but no known trace format: no object in it",
                        "OPENAI_CHAT line 3",
                        "line 4: JSON, but no known trace format: no object in it");
    }

    @Test
    void aNumberBeyondAllBoundsCostsItsLine() {
        Given given =
                read(lines("{\"role\":\"user\",\"content\":1e99999999999}", "{\"role\":\"user\",\"content\":\"b\"}"));
        assertThat(given.units).hasSize(1);
        assertThat(given.all).anyMatch(one -> one.startsWith("line 1"));
        Given document = read("{\n\"messages\": [1e99999999999]\n}\n");
        assertThat(document.units).isEmpty();
        assertThat(document.all).hasSize(1);
    }
}
