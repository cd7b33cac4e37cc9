// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportFileTest {
    private static final EventQuery EVERYTHING = EventQuery.builder().build();

    private final InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);

    @TempDir
    private Path folder = Path.of("");

    private Path file = Path.of("");
    private byte[] whole = {};

    @BeforeEach
    void exportThreeEvents() throws IOException {
        file = folder.resolve("export.ndjson");
        // The second one is longer than what is read of a file at once.
        Payload large = new Payload("{\"text\":\"" + "lorem ipsum ".repeat(20_000) + "\"}");
        List<Event> events = List.of(
                Events.event(1, "s"), Events.builder(2, "s").payload(large).build(), Events.event(3, "s"));
        assertThat(ledger.append(events.stream().map(Append::of).toList(), Durability.MEMORY)
                        .outcomes())
                .hasSize(3);
        export(EVERYTHING, false);
        whole = Files.readAllBytes(file);
        assertThat(new String(whole, UTF_8).lines()).hasSize(3);
    }

    private ExportSummary export(EventQuery filters, boolean resume) throws IOException {
        try (ExportFile target = resume ? ExportFile.resume(file, ledger, filters, false) : ExportFile.create(file)) {
            ExportSummary done =
                    new ExportRun(ledger, filters, false).run(target.last(), target.out(), ExportProgress.NONE);
            target.sync();
            return done;
        }
    }

    @Test
    void aNewFileIsItsOwnersAlone() throws IOException {
        assertItIsItsOwnersAlone();
    }

    private void assertItIsItsOwnersAlone() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFileThatIsThereIsLeftAlone() {
        assertThatThrownBy(() -> export(EVERYTHING, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + " is there already: with --resume an interrupted export goes on in it");
        assertThat(file).hasBinaryContent(whole);
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        file = folder.resolve("missing").resolve("export.ndjson");
        assertThatThrownBy(() -> export(EVERYTHING, false)).hasMessageContaining("no such folder");
        assertThatThrownBy(() -> export(EVERYTHING, true)).hasMessageContaining("no such folder");
        file = folder;
        assertThatThrownBy(() -> export(EVERYTHING, true)).hasMessageContaining("cannot be written: Is a directory");
    }

    @Test
    void whereverAnExportWasCutItGoesOnToTheSameFile() throws IOException {
        List<Integer> cuts = new ArrayList<>(List.of(0, 1, 5, 14, 15, 100, whole.length - 1, whole.length));
        for (int i = 0; i < whole.length; i++) {
            if (whole[i] == '\n') {
                cuts.addAll(List.of(i, Math.min(i + 1, whole.length), Math.min(i + 2, whole.length)));
            }
        }
        for (int cut : cuts) {
            Files.write(file, Arrays.copyOf(whole, cut));
            ExportSummary rest = export(EVERYTHING, true);
            assertThat(file).as("cut at %d", cut).hasBinaryContent(whole);
            long lines = new String(Arrays.copyOf(whole, cut), UTF_8)
                    .chars()
                    .filter(c -> c == '\n')
                    .count();
            assertThat(rest.events()).isEqualTo(3 - lines);
            assertThat(rest.parts().getFirst().firstSeq()).isEqualTo(lines == 3 ? 0 : lines + 1);
        }
    }

    @Test
    void zerosBehindAWholeLineAreCutOffLikeAnyTornLine() throws IOException {
        byte[] crashed = Arrays.copyOf(whole, whole.length + 100_000);
        Files.write(file, crashed);
        assertThat(export(EVERYTHING, true).events()).isZero();
        assertThat(file).hasBinaryContent(whole);
    }

    @Test
    void aFileThatIsNotThereIsBegun() throws IOException {
        Files.delete(file);
        assertThat(export(EVERYTHING, true).events()).isEqualTo(3);
        assertThat(file).hasBinaryContent(whole);
        assertItIsItsOwnersAlone();
    }

    @Test
    void whatCameSinceIsAddedToAFinishedExport() throws IOException {
        assertThat(ledger.append(List.of(Append.of(Events.event(4, "s"))), Durability.MEMORY)
                        .outcomes())
                .hasSize(1);
        ExportSummary more = export(EVERYTHING, true);
        assertThat(more.events()).isEqualTo(1);
        assertThat(more.parts().getFirst().firstSeq()).isEqualTo(4);
        assertThat(Files.readAllLines(file)).hasSize(4);
    }

    private void assertRefused(byte[] content, String why) throws IOException {
        Files.write(file, content);
        assertThatThrownBy(() -> export(EVERYTHING, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(file + " ")
                .hasMessageContaining(why);
        assertThat(file).hasBinaryContent(content);
    }

    @Test
    void aFileThatIsNoBeginningOfThisExportStaysAsItIs() throws IOException {
        assertRefused("my notes".getBytes(UTF_8), "is no export: it does not begin with an event");
        assertRefused("my notes\nof today\n".getBytes(UTF_8), "is no export: its last line is not an event");
        assertRefused("{}\n{\"event_id\":\"x\"}\ntorn".getBytes(UTF_8), "its last line is not an event");
        assertRefused(new byte[100_000], "is no export");
        assertRefused("\n".getBytes(UTF_8), "its last line is not an event");
        String export = new String(whole, UTF_8);
        assertRefused(
                export.replace(Events.id(3).toString(), Events.id(9).toString()).getBytes(UTF_8),
                "is of another ledger: its last event, " + Events.id(9) + ", is not in this one");
        assertRefused(
                export.replace("agent-1", "agent-2").getBytes(UTF_8),
                "differs from this ledger in its last event, " + Events.id(3));
        RecordedEvent last = ledger.find(Events.id(3)).found().orElseThrow();
        String id = ledger.epochs().now().identity().id().orElseThrow();
        assertRefused(
                export.replace(last.position().toString(), "7-0")
                        .replace(id, UUID.randomUUID().toString())
                        .getBytes(UTF_8),
                "stands at 7-0 there and at " + last.position() + " here");
    }

    /** The same ledger may have lost what is in the file: what follows there would be behind a gap. */
    @Test
    void aFileThatHasWhatTheLedgerHasLostStaysAsItIs() throws IOException {
        RecordedEvent last = ledger.find(Events.id(3)).found().orElseThrow();
        String lost = last.position().millis() + "-99";
        assertRefused(
                new String(whole, UTF_8)
                        .replace(last.position().toString(), lost)
                        .getBytes(UTF_8),
                "cannot be gone on with: the ledger has lost events that were there when it was read up to " + lost);
    }

    /** A new epoch changes nothing of what lies before its beginning. */
    @Test
    void anEpochThatHasEndedIsGoneOnWithBeforeItsEnd() throws IOException {
        RecordedEvent last = ledger.find(Events.id(3)).found().orElseThrow();
        assertThat(ledger.epochs().begin(1, 2, new Head(last.seq(), last.position())))
                .isTrue();
        assertThat(ledger.append(List.of(Append.of(Events.event(4, "s"))), Durability.MEMORY)
                        .outcomes())
                .hasSize(1);
        assertThat(export(EVERYTHING, true).events()).isEqualTo(1);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(2)).endsWith("\"epoch\":1}");
        assertThat(lines.get(3)).endsWith("\"epoch\":2}");
    }

    @Test
    void aFileOfAnotherSelectionStaysAsItIs() {
        assertThatThrownBy(() -> export(EventQuery.builder().agentId("nobody").build(), true))
                .hasMessageContaining("is of another selection: its last event, " + Events.id(3));
        assertThat(file).hasBinaryContent(whole);
    }

    @Test
    void onlyOneExportWritesToAFile() throws IOException {
        try (ExportFile first = ExportFile.resume(file, ledger, EVERYTHING, false)) {
            assertThat(first.last().stream().map(RecordedEvent::seq)).containsExactly(3L);
            assertThatThrownBy(() -> export(EVERYTHING, true))
                    .hasMessageContaining("is being written to by another export");
        }
        assertThat(export(EVERYTHING, true).events()).isZero();
    }
}
