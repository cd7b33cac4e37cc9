// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.PrunedFixture;
import io.contextgraph.ledger.epoch.PositionPrunedException;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.router.PartitionedLedger;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.FailingPorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports of a ledger of three partitions, of which one may go away. */
class PartitionedExportTest {
    private static final EventQuery EVERYTHING = EventQuery.builder().build();
    private static final int AWAY = 1;
    private static final int MIXED = 1700;

    private final FailingPorts failing = new FailingPorts();
    private final List<InMemoryLedger> themselves =
            Stream.generate(() -> new InMemoryLedger(Captured.CLOCK)).limit(3).toList();
    private final PartitionedLedger ledger = new PartitionedLedger(IntStream.range(0, 3)
            .mapToObj(n -> n == AWAY ? failing.of(themselves.get(n)) : (Partition) themselves.get(n))
            .toList());
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void fill() {
        append(events(1, MIXED));
        assertThat(ledger.partitions())
                .allMatch(partition -> partition.order().head().seq() > 400);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private static List<Event> events(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(n -> Events.builder(n, "session-" + n % 97).build())
                .toList();
    }

    private void append(List<Event> events) {
        for (int from = 0; from < events.size(); from += 100) {
            List<Append> batch = events.subList(from, Math.min(from + 100, events.size())).stream()
                    .map(Append::of)
                    .toList();
            assertThat(ledger.log().append(batch, Durability.MEMORY).outcomes()).hasSize(batch.size());
        }
    }

    private ExportSummary run(EventQuery filters) throws IOException {
        return new ExportRun(ledger, filters, false).run(List.of(), out, ExportProgress.NONE);
    }

    private static ExportSummary run(FileExport export) throws IOException {
        try (export) {
            return export.run(ExportProgress.NONE);
        }
    }

    private FileExport into(Path file, boolean resume) throws IOException {
        return FileExport.into(file, ledger, EVERYTHING, resume, false);
    }

    private FileExport byPartition(Path to, boolean resume) throws IOException {
        return FileExport.byPartition(to, ledger, EVERYTHING, resume, false);
    }

    private static List<String> lines(byte[] text) {
        return new String(text, UTF_8).lines().toList();
    }

    /** What a partition has, a line each. */
    private static List<String> lines(Partition partition) {
        return partition.log().whole(partition.order().read(0, 10_000)).stream()
                .map(event -> new String(
                                ExportRun.line(
                                        event,
                                        ExportRun.source(
                                                partition.epochs().now().identity())),
                                UTF_8)
                        .strip())
                .toList();
    }

    /** Of each partition all that it has, in its order; and nothing else. */
    private void assertComplete(List<String> lines) {
        for (Partition partition : ledger.partitions()) {
            assertThat(of(partition, lines)).isEqualTo(lines(partition));
        }
        assertThat(lines)
                .hasSize(ledger.partitions().stream()
                        .mapToInt(partition -> lines(partition).size())
                        .sum());
    }

    private static List<String> of(Partition partition, List<String> lines) {
        return lines.stream()
                .filter(line -> line.contains("@" + partition.number() + "\",\"seq\""))
                .toList();
    }

    private List<ExportSummary.Part> parts() {
        return ledger.partitions().stream()
                .map(partition -> new ExportSummary.Part(
                        partition.order().head().seq(),
                        1,
                        partition.order().head().seq(),
                        partition.order().head(),
                        ExportRun.source(partition.epochs().now().identity()),
                        Pruning.Extent.NONE))
                .toList();
    }

    @Test
    void everythingIsInOneFileEachPartitionInItsOrder() throws IOException {
        ExportSummary summary = run(EVERYTHING);
        assertComplete(lines(out.toByteArray()));
        assertThat(summary).isEqualTo(new ExportSummary(parts(), out.size(), List.of(), 0));
        assertThat(summary.events()).isEqualTo(MIXED);
        String first = lines(out.toByteArray()).getFirst();
        RecordedEvent begin = ledger.partitions().getFirst().order().read(0, 1).getFirst();
        assertThat(first)
                .contains("\"global_position\":\"" + begin.position() + "\",\"seq\":1,")
                .contains("\"partition\":0,");
        assertThat(begin.position())
                .hasToString(begin.position().millis() + "-" + begin.position().sequence() + "@0");
        // A page of each in turn, so that whoever goes on finds the last line of each soon.
        assertThat(lines(out.toByteArray()).subList(0, 1200).toString()).contains("@0\"", "@1\"", "@2\"");
    }

    @Test
    void aSessionIsAskedOfItsPartitionAlone() throws IOException {
        SessionId session = new SessionId("session-3");
        Partition its = ledger.partitionOf(session);
        ExportSummary summary = run(EventQuery.builder().sessionId(session).build());
        assertThat(summary.parts()).hasSize(1);
        assertThat(summary.parts().getFirst().asOf()).isEqualTo(its.order().head());
        assertThat(lines(out.toByteArray()))
                .isEqualTo(lines(its).stream()
                        .filter(line -> line.contains("\"session_id\":\"session-3\""))
                        .toList())
                .isNotEmpty();
        assertThat(run(EventQuery.builder().agentId("agent-1").build()).parts()).hasSize(3);
    }

    /** As a client of a server has it: what is found is found over all. */
    @Test
    void wherePartitionsFindOverAllEachIsRead() throws IOException {
        List<Partition> all = ledger.partitions().stream()
                .map(partition -> with(Partition.class, partition, "search", () -> ledger.search()))
                .toList();
        Ledger client = with(Ledger.class, ledger, "partitions", () -> all);
        EventQuery agent = EventQuery.builder().agentId("agent-1").build();
        ExportSummary summary = new ExportRun(client, agent, false).run(List.of(), out, ExportProgress.NONE);
        assertComplete(lines(out.toByteArray()));
        assertThat(summary).isEqualTo(new ExportSummary(parts(), out.size(), List.of(), 0));
        Path file = Files.writeString(
                folder.resolve("cut.ndjson"),
                String.join("\n", lines(out.toByteArray()).subList(0, 800)) + "\n");
        assertThat(run(FileExport.into(file, client, agent, true, false)).events())
                .isEqualTo(MIXED - 800);
        assertComplete(Files.readAllLines(file));
    }

    private static <T> T with(Class<T> port, T itself, String method, Supplier<Object> other) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (proxy, called, arguments) ->
                        called.getName().equals(method) ? other.get() : called.invoke(itself, arguments)));
    }

    @Test
    void aPartitionThatIsAwayIsNamed() throws IOException {
        failing.failWith(new LedgerException(Reason.UNAVAILABLE, "away"));
        assertThatThrownBy(() -> run(EVERYTHING))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("partition 1: away");
        Path to = folder.resolve("parts");
        FileExport export = byPartition(to, false);
        assertThatThrownBy(() -> run(export))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("partition 1: away");
        // What the others have is there, and whoever comes back gets the rest.
        for (int there : List.of(0, 2)) {
            assertThat(Files.readAllLines(file(to, there)))
                    .isEqualTo(lines(ledger.partitions().get(there)));
        }
        assertThat(file(to, AWAY)).isEmptyFile();
        failing.recover();
        assertThat(run(byPartition(to, true)).events())
                .isEqualTo(ledger.partitions().get(AWAY).order().head().seq());
        assertComplete(all(to));
    }

    private static Path file(Path folder, int partition) {
        return folder.resolve("partition-" + partition + ".ndjson");
    }

    private static List<String> all(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            lines.addAll(Files.readAllLines(file(folder, n)));
        }
        return lines;
    }

    @Test
    void whereverAFileOfAllWasCutItIsCompletedWithWhatEachPartitionHasNow() throws IOException {
        run(EVERYTHING);
        byte[] whole = out.toByteArray();
        append(events(MIXED + 1, MIXED + 100));
        List<Integer> ends = IntStream.range(0, whole.length)
                .filter(i -> whole[i] == '\n')
                .boxed()
                .toList();
        for (int line : List.of(0, 1, 499, 500, 501, 999, 1000, 1001, 1500, MIXED - 2, MIXED - 1)) {
            for (int cut : List.of(ends.get(line), Math.min(ends.get(line) + 1, whole.length))) {
                Path file = folder.resolve("cut-" + cut + ".ndjson");
                Files.write(file, Arrays.copyOf(whole, cut));
                ExportSummary rest = run(into(file, true));
                assertComplete(Files.readAllLines(file));
                assertThat(rest.events()).isEqualTo(MIXED + 100 - line - (whole[cut - 1] == '\n' ? 1 : 0));
            }
        }
    }

    /** A file of some partitions only is the beginning of one of all. */
    @Test
    void aFileThatHasNothingOfAPartitionGetsAllOfIt() throws IOException {
        Path file = folder.resolve("some.ndjson");
        Files.writeString(file, String.join("\n", lines(ledger.partitions().get(2))) + "\n");
        assertThat(run(into(file, true)).parts().get(2).events()).isZero();
        assertComplete(Files.readAllLines(file));
    }

    @Test
    void eachPartitionHasAFileOfItsOwnAndTheyAreGoneOnWith() throws IOException {
        Path to = folder.resolve("parts");
        ExportSummary summary = run(byPartition(to, false));
        assertThat(summary.parts()).isEqualTo(parts());
        assertThat(summary.bytes())
                .isEqualTo(Files.size(file(to, 0)) + Files.size(file(to, 1)) + Files.size(file(to, 2)));
        for (Partition partition : ledger.partitions()) {
            assertThat(Files.readAllLines(file(to, partition.number()))).isEqualTo(lines(partition));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to)))
                .isEqualTo("rwx------");
        assertThatThrownBy(() -> byPartition(to, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(to + " is there already: with --resume an interrupted export goes on in it");
        assertThatThrownBy(() -> byPartition(file(to, 0), true)).hasMessage(file(to, 0) + " is no folder");
        assertThatThrownBy(() -> byPartition(to.resolve("a").resolve("b"), true))
                .hasMessageContaining("cannot be made");

        append(events(MIXED + 1, MIXED + 100));
        byte[] second = Files.readAllBytes(file(to, 2));
        Files.write(file(to, 2), Arrays.copyOf(second, second.length / 2));
        Files.delete(file(to, 0));
        try (FileExport again = byPartition(to, true)) {
            assertThat(again.isResumed()).isTrue();
            assertThat(again.run(ExportProgress.NONE).parts().get(1).firstSeq())
                    .isEqualTo(parts().get(1).lastSeq() - summary(again, 1).events() + 1);
        }
        assertComplete(all(to));
    }

    private static ExportSummary.Part summary(FileExport export, int partition) {
        return export.soFar().parts().get(partition);
    }

    @Test
    void progressIsThatOfAllTogether() throws IOException {
        long[] last = new long[3];
        try (FileExport export = byPartition(folder.resolve("parts"), false)) {
            ExportSummary ignored = export.run((seq, ofSeq, events) -> {
                assertThat(seq).isGreaterThanOrEqualTo(last[0]);
                last[0] = seq;
                last[1] = ofSeq;
                last[2] = events;
            });
        }
        assertThat(last).containsExactly(MIXED, MIXED, MIXED);
    }

    @Test
    void aFileOfAnotherPartitionStaysAsItIs() throws IOException {
        Path to = folder.resolve("parts");
        ExportSummary ignored = run(byPartition(to, false));
        byte[] first = Files.readAllBytes(file(to, 0));
        Files.copy(file(to, 0), file(to, 1), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> byPartition(to, true)).hasMessageContaining("is of another ledger");
        // Where all partitions say the id of their ledger, as they do in Redis, that is told.
        String id = ledger.partitions().get(1).epochs().now().identity().id().orElseThrow();
        String was = ledger.partitions().get(0).epochs().now().identity().id().orElseThrow();
        Files.writeString(file(to, 1), new String(first, UTF_8).replace(was, id));
        assertThatThrownBy(() -> byPartition(to, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file(to, 1) + " is of partition 0, not of 1, by its last event, ");
        assertThat(file(to, 0)).hasBinaryContent(first);
    }

    @Test
    void aFileOfALedgerOfOnePartitionOrOfMoreStaysAsItIs() throws IOException {
        String line = lines(ledger.partitions().get(0)).getFirst();
        for (String other :
                List.of(line.replace("\"partition\":0", "\"partition\":3"), line.replaceFirst(",\"ledger_id.*", "}"))) {
            Path file = Files.writeString(folder.resolve("other.ndjson"), other + "\n");
            assertThatThrownBy(() -> into(file, true))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(file + " is ")
                    .hasMessageContaining("partition");
            assertThat(file).hasContent(other + "\n");
        }
    }

    @Test
    void whatIsPrunedBehindAFileIsToldWithItsPartition() throws IOException {
        Path file = folder.resolve("begun.ndjson");
        List<String> second = lines(ledger.partitions().get(2));
        Files.writeString(file, second.getFirst() + "\n");
        InMemoryLedger itself = themselves.get(2);
        Pruned ignored = PrunedFixture.prune(itself, "a", itself.read(1, 10));
        FileExport export = into(file, true);
        assertThatThrownBy(() -> run(export))
                .isInstanceOf(PositionPrunedException.class)
                .hasMessageEndingWith("is there, in partition 2");
        ExportSummary done = run(FileExport.byPartition(folder.resolve("parts"), ledger, EVERYTHING, false, false));
        assertThat(done.parts().get(2).pruned().events()).isEqualTo(10);
        assertThat(done.parts().get(2).pruned().through().position().partition())
                .isEqualTo(2);
        assertThat(done.events()).isEqualTo(MIXED - 10);
        assertThat(Json.MAPPER
                        .readTree(Files.readAllLines(file(folder.resolve("parts"), 2))
                                .get(1))
                        .required("seq")
                        .longValue())
                .isEqualTo(12);
    }
}
