// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.capture.text.Replaced;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

        @Override
        public void skipped(String what, long count) {
            all.add(count + " " + what);
        }

        private String json(int unit) {
            return units.get(unit).json().toString();
        }
    }

    private Given read(byte[] content) {
        Path path = Captured.write(folder, "file.json", content);
        TraceFile file = new TraceFile(path, "file.json", content.length, true);
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
                        "3 metric data points",
                        "line 2: JSON, but no known trace format: its fields are colour",
                        "OTLP line 3",
                        "OPENAI_CHAT line 4",
                        "2 log records",
                        "lines 6 to 7: 2 values, each JSON, but no known trace format: its fields are colour",
                        "line 8: JSON, but no known trace format: no object in it",
                        "OTLP line 9");
        assertThat(given.format).isEqualTo(Format.OTLP);
    }

    @Test
    void oneRequestMayHoldAllSignals() {
        String both = SPANS.substring(0, SPANS.length() - 1) + "," + LOGS.substring(1);
        assertThat(read(both).all).containsExactly("2 log records", "OTLP ");
        Given array = read("[" + METRICS + "," + SPANS + "]");
        assertThat(array.all).containsExactly("3 metric data points", "OTLP ");
        assertThat(array.json(0)).isEqualTo("[{\"resourceSpans\":[]}," + SPANS + "]");
    }

    @Test
    void spansWithoutARequestAroundThemGetOne() {
        Given given = read(lines(RESOURCE, SPAN, RESOURCE.replace("scopeSpans", "scope_spans")));
        assertThat(given.all).containsExactly("OTLP line 1", "OTLP line 2", "OTLP line 3");
        assertThat(given.json(0)).isEqualTo(SPANS);
        assertThat(given.json(1)).isEqualTo(SPANS.replace("\"resource\":{},", ""));
        assertThat(given.json(2)).isEqualTo(SPANS);
        assertThat(read("{\"resource_logs\":[{\"scope_logs\":[{\"log_records\":[{}]}]}]}").all)
                .containsExactly("1 log records");
    }

    @Test
    void aFileOfOneFormatThatIsNotReadIsRefusedOnce() {
        String session = "{\"type\":\"user\",\"uuid\":\"u\",\"parentUuid\":null,\"sessionId\":\"s\"}";
        assertThat(read(lines(session, session, session)).all)
                .containsExactly(": Claude Code session: recognized, not supported yet");
        assertThat(read(lines(session, CHAT, session, session)).all)
                .containsExactly(
                        "line 1: Claude Code session: recognized, not supported yet",
                        "OPENAI_CHAT line 2",
                        "lines 3 to 4: 2 values, each Claude Code session: recognized, not supported yet");
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
}
