// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.cli.Cli;
import io.contextgraph.cli.InMemoryWorkspace;
import io.contextgraph.cli.TestSurroundings;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code archives} over an archive with two segments: 1 to 10 and 11 to 20. */
class ArchivesCommandTest {
    private static final Clock CLOCK = Clock.fixed(Archives.NOW, ZoneOffset.UTC);

    @TempDir
    private Path folder;

    private final InMemoryWorkspace workspace = new InMemoryWorkspace(CLOCK);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Segment first;
    private Segment second;

    @BeforeEach
    void archive() throws IOException {
        FolderStorage storage = new FolderStorage(folder.resolve("archive"));
        workspace.archive = storage;
        workspace.archivedIds = folder.resolve("ids");
        AppendResult ignored = workspace.ledger.append(List.of(Append.of(Events.event(50, "s"))), Durability.MEMORY);
        var identity = workspace.ledger.epochs().now().identity();
        UUID id = UUID.fromString(identity.id().orElseThrow());
        Original.Source source = new Original.Source(id, identity.partition(), identity.epoch());
        first = Archives.write(storage, folder.resolve("scratch"), source, Archives.events(1, 10));
        second = Archives.write(storage, folder.resolve("scratch"), source, Archives.events(11, 20));
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Cli.run(TestSurroundings.local(out, err, workspace, CLOCK, folder), arguments);
    }

    private JsonNode json() {
        return Json.MAPPER.readTree(out.toString());
    }

    private void edit(Segment segment) throws IOException {
        Path file = folder.resolve("archive").resolve(segment.dataName());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        assertThat(Files.write(file, bytes)).exists();
    }

    @Test
    void segmentsAreListed() {
        assertThat(run("archives")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().skip(1).map(line -> line.substring(0, line.indexOf(' '))))
                .containsExactly(first.id().toString(), second.id().toString());
        assertThat(run("archives", "list", "--json")).isEqualTo(ExitCode.OK);
        assertThat(json().path("segments").size()).isEqualTo(2);
        assertThat(json().at("/segments/1/counts/events").intValue()).isEqualTo(10);
        assertThat(json().at("/segments/1").has("runs")).isFalse();
    }

    @Test
    void oneIsShown() {
        assertThat(run("archives", "show", second.id().toString())).isEqualTo(ExitCode.OK);
        assertThat(json().path("segment").stringValue()).isEqualTo(second.id().toString());
        assertThat(json().path("runs").toString()).isEqualTo("[[11,20]]");
        assertThat(run("archives", "show", new SegmentId(1, 11, 1).toString())).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void whatWasEditedIsNamed() throws IOException {
        assertThat(run("archives", "verify")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).isEqualTo("2 segments read, 0 faults\n");
        edit(second);
        assertThat(run("archives", "verify", first.id().toString())).isEqualTo(ExitCode.OK);
        assertThat(run("archives", "verify", second.id().toString())).isEqualTo(ExitCode.FINDINGS);
        assertThat(run("archives", "verify", "--json")).isEqualTo(ExitCode.FINDINGS);
        assertThat(json().path("segments").size()).isEqualTo(2);
        assertThat(json().at("/faults/0/segment").stringValue())
                .isEqualTo(second.id().toString());
    }

    @Test
    void aManifestThatCannotBeReadIsAFinding() throws IOException {
        Path manifest = folder.resolve("archive").resolve(first.manifestName());
        assertThat(Files.writeString(manifest, "{}")).exists();
        assertThat(run("archives")).isEqualTo(ExitCode.FINDINGS);
        assertThat(out.toString()).contains(second.id().toString()).contains("manifest");
        assertThat(run("archives", "show", first.id().toString())).isEqualTo(ExitCode.FINDINGS);
        assertThat(err.toString()).contains(first.manifestName());
    }

    @Test
    void anEventIsFound() {
        assertThat(run("archives", "find", Events.id(12).toString(), "--json")).isEqualTo(ExitCode.OK);
        assertThat(json().path("segment").stringValue()).isEqualTo(second.id().toString());
        assertThat(json().path("seq").intValue()).isEqualTo(12);
        assertThat(run("archives", "find", Events.id(12).toString())).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("number 12").contains(second.id().toString());
        assertThat(run("archives", "find", Events.id(21).toString())).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void wrongWordsAreUsage() {
        for (String words : List.of(
                "archives show",
                "archives show one",
                "archives verify one",
                "archives find",
                "archives find one",
                "archives list one",
                "archives make")) {
            assertThat(run(words.split(" "))).as(words).isEqualTo(ExitCode.USAGE);
        }
        workspace.archive = null;
        assertThat(run("archives")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("archive.location");
    }
}
