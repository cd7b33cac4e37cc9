// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandardInputTest {
    private static final String CHAT =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Is it open?\"},{\"role\":\"assistant\",\"content\":\"Yes.\"}]}\n";

    @TempDir
    private Path folder = Path.of("");

    private boolean isFolderEmpty() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    @Test
    void itIsReadAsAFileIsWhateverItIsPackedIn() throws IOException {
        byte[] plain = CHAT.getBytes(UTF_8);
        for (byte[] content : List.of(plain, Captured.gzip(plain), Zstd.compress(plain))) {
            try (StandardInput input = new StandardInput(new ByteArrayInputStream(content), folder)) {
                ImportRun run = new ImportRun(
                        new InMemoryLedger(Captured.CLOCK),
                        Durability.MEMORY,
                        new Capture(CaptureOptions.DEFAULTS, Captured.CLOCK),
                        (attempt, because) -> {
                            throw because;
                        },
                        ImportProgress.NONE);
                ImportSummary summary = run.run(TraceFile.under(List.of(Path.of("-")), input));
                assertThat(summary.refusedTotal()).isZero();
                assertThat(summary.files()).singleElement().satisfies(file -> {
                    assertThat(file.file()).isEqualTo("standard input");
                    assertThat(file.bytes()).isEqualTo(content.length);
                    assertThat(file.added()).isEqualTo(2);
                });
            }
        }
    }

    @Test
    void nothingOfItIsLeft() throws IOException {
        TraceFile file;
        try (StandardInput input = new StandardInput(new ByteArrayInputStream(CHAT.getBytes(UTF_8)), folder)) {
            file = input.kept();
            for (int i = 0; i < 2; i++) {
                try (InputStream in = file.content().open()) {
                    assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(CHAT);
                }
            }
            assertThat(isFolderEmpty()).as("the file has no name").isTrue();
        }
        assertThat(isFolderEmpty()).isTrue();
        TraceFile closed = file;
        assertThatThrownBy(() -> closed.content().open().readAllBytes()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void whereItFailsTheRestIsReadAndNothingIsLeft() throws IOException {
        InputStream broken = Captured.failing(new IOException("Broken pipe"));
        Path files = Files.createDirectory(folder.resolve("files"));
        Path chat = Captured.write(files, "chat", CHAT);
        Path kept = Files.createDirectory(folder.resolve("kept"));
        InputStream half = new SequenceInputStream(new ByteArrayInputStream(CHAT.getBytes(UTF_8)), broken);
        try (StandardInput input = new StandardInput(half, kept)) {
            TraceFile.Listing listing = TraceFile.under(List.of(Path.of("-"), chat), input);
            assertThat(listing.files()).extracting(TraceFile::name).containsExactly(chat.toString());
            assertThat(listing.refused())
                    .extracting(refusal -> refusal.file() + ": " + refusal.reason())
                    .containsExactly("standard input: it cannot be kept in a temporary file in " + kept
                            + ", as reading it twice needs: the file cannot be read: Broken pipe");
        }
        Files.delete(kept);
        try (StandardInput input = new StandardInput(InputStream.nullInputStream(), kept)) {
            assertThat(TraceFile.under(List.of(Path.of("-")), input).refused()).hasSize(1);
        }
        Files.delete(chat);
        Files.delete(files);
        assertThat(isFolderEmpty()).isTrue();
    }
}
