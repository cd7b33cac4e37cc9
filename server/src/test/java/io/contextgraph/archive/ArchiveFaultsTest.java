// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import io.contextgraph.archive.ArchiveFault.Kind;
import io.contextgraph.archive.Segment.Counts;
import io.contextgraph.archive.Segment.Hashes;
import io.contextgraph.event.Original;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Sha256;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.Events;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever becomes of the files of an archive is named, and does no harm. */
class ArchiveFaultsTest {
    @TempDir
    private Path folder;

    private Storage storage;
    private Archive archive;
    private Segment segment;

    @BeforeEach
    void write() throws IOException {
        storage = new FolderStorage(folder.resolve("archive"));
        archive = Archives.archive(storage);
        segment = write(Archives.events(1, 50));
        assertThat(archive.verify(segment.id())).isEmpty();
    }

    private Segment write(List<RecordedEvent> events) throws IOException {
        return Archives.write(storage, folder.resolve("scratch"), events);
    }

    private Path file(String name) {
        return folder.resolve("archive").resolve(name);
    }

    private List<Kind> faults() {
        return archive.verify(segment.id()).stream().map(ArchiveFault::kind).toList();
    }

    /** Any byte, one after another. */
    @Test
    void anEditedByteIsFoundWhereverItIs() throws IOException {
        for (String name : List.of(segment.dataName(), segment.idsName())) {
            byte[] good = Files.readAllBytes(file(name));
            for (int at = 0; at < good.length; at += 13) {
                byte[] bad = good.clone();
                bad[at] ^= 0x10;
                Files.write(file(name), bad);
                assertThat(faults()).describedAs("byte %d of %s", at, name).isNotEmpty();
            }
            Files.write(file(name), good);
        }
        assertThat(faults()).isEmpty();
    }

    @Test
    void aCutFileIsFoundWhereverItEnds() throws IOException {
        for (String name : List.of(segment.dataName(), segment.idsName())) {
            byte[] good = Files.readAllBytes(file(name));
            for (int length = 0; length < good.length; length += 37) {
                Files.write(file(name), Arrays.copyOf(good, length));
                assertThat(faults()).describedAs("%d bytes of %s", length, name).contains(Kind.CUT);
            }
            Files.write(file(name), good);
        }
        assertThat(faults()).isEmpty();
    }

    @Test
    void whatWasAddedIsFound() throws IOException {
        for (String name : List.of(segment.dataName(), segment.idsName())) {
            byte[] good = Files.readAllBytes(file(name));
            Files.write(file(name), Arrays.copyOf(good, good.length + 1));
            assertThat(faults()).describedAs(name).isNotEmpty();
            Files.write(file(name), good);
        }
    }

    @Test
    void aFileThatIsMissingIsNamed() throws IOException {
        for (String name : List.of(segment.dataName(), segment.idsName())) {
            Path aside = Files.move(file(name), folder.resolve("aside"));
            assertThat(archive.verify(segment.id()))
                    .singleElement()
                    .satisfies(fault -> assertThat(fault.kind()).isEqualTo(Kind.MISSING))
                    .satisfies(fault -> assertThat(fault.message()).contains(name));
            Path ignored = Files.move(aside, file(name));
        }
        assertThat(faults()).isEmpty();
    }

    @Test
    void filesOfAnotherSegmentAreNamed() throws IOException {
        Segment other = write(Archives.events(51, 100));
        swap(segment.dataName(), other.dataName());
        assertThat(faults()).contains(Kind.MIXED_UP);
        swap(segment.dataName(), other.dataName());
        swap(segment.idsName(), other.idsName());
        assertThat(faults()).containsExactlyInAnyOrder(Kind.IDS, Kind.EDITED);
        swap(segment.idsName(), other.idsName());
        swap(segment.manifestName(), other.manifestName());
        assertThat(faults()).containsExactly(Kind.MIXED_UP);
        assertThat(archive.list().faults())
                .extracting(ArchiveFault::kind)
                .containsExactly(Kind.MIXED_UP, Kind.MIXED_UP);
    }

    private void swap(String name, String other) throws IOException {
        byte[] first = Files.readAllBytes(file(name));
        Files.write(file(name), Files.readAllBytes(file(other)));
        Files.write(file(other), first);
    }

    @Test
    void theFilesOfAnotherLedgerAreNamed() throws IOException {
        UUID elsewhere = UUID.fromString("99999999-2222-4333-8444-555555555555");
        Segment other = Archives.write(
                storage, folder.resolve("scratch"), new Original.Source(elsewhere, 0, 1), Archives.events(1, 50));
        byte[] data = Files.readAllBytes(file(other.dataName()));
        forge(data, counts -> counts, file(segment.idsName()));
        assertThat(faults()).contains(Kind.FOREIGN);
        Files.copy(file(other.manifestName()), file(segment.manifestName()), StandardCopyOption.REPLACE_EXISTING);
        assertThat(faults()).containsExactly(Kind.FOREIGN);
    }

    /** Somebody who edits an event and then everything that is summed up still cannot make its hash. */
    @Test
    void anEditedEventIsNamedThoughAllSumsFit() throws IOException {
        String lines = lines();
        forge(
                pack(lines.replace("a \\\"quoted\\\" word", "b \\\"quoted\\\" word")
                        .getBytes(UTF_8)),
                counts -> counts,
                file(segment.idsName()));
        assertThat(faults()).isNotEmpty().containsOnly(Kind.HASH);
        assertThat(archive.verify(segment.id()).getFirst().message())
                .contains(Events.id(2).toString());
    }

    @Test
    void eventsInAnotherOrderAreNamed() throws IOException {
        String[] lines = lines().split("(?<=\n)", -1);
        String moved = lines[3];
        lines[3] = lines[4];
        lines[4] = moved;
        forge(pack(String.join("", lines).getBytes(UTF_8)), counts -> counts, file(segment.idsName()));
        assertThat(faults()).contains(Kind.ORDER);
    }

    @Test
    void anEventThatIsLeftOutIsNoticed() throws IOException {
        String lines = lines();
        byte[] fewer =
                lines.substring(0, lines.indexOf('\n', lines.length() / 2) + 1).getBytes(UTF_8);
        forge(pack(fewer), counts -> counts, file(segment.idsName()));
        assertThat(faults()).contains(Kind.SUMS, Kind.IDS);
    }

    private String lines() throws IOException {
        byte[] packed = Files.readAllBytes(file(segment.dataName()));
        return new String(Zstd.decompress(packed, (int) segment.counts().plainBytes()), UTF_8);
    }

    private static byte[] pack(byte[] lines) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdOutputStream(packed)) {
            out.write(lines);
        }
        return packed.toByteArray();
    }

    private interface Claim {
        Counts of(Counts counts);
    }

    /** Puts other events in the place of those of the segment, and sets the manifest right for them. */
    private void forge(byte[] data, Claim claim, Path ids) throws IOException {
        Counts was = segment.counts();
        Counts now = claim.of(new Counts(was.events(), was.sessions(), was.payloads(), was.plainBytes(), data.length));
        Segment forged = new Segment(
                segment.ledger(),
                segment.runs(),
                segment.first(),
                segment.last(),
                now,
                new Hashes(
                        Sha256.hex(data),
                        segment.hashes().ids(),
                        segment.hashes().contents()),
                segment.storageFormat(),
                segment.writtenAt(),
                segment.product(),
                segment.attempt());
        Files.write(file(forged.dataName()), data);
        Files.write(file(forged.idsName()), Files.readAllBytes(ids));
        Files.write(file(forged.manifestName()), ManifestJson.write(forged));
    }

    /** A few kilobytes that become gigabytes. */
    @Test
    void noMoreIsUnpackedThanThereShouldBe() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int n = 0; n < 256; n++) {
                out.write(zeros);
            }
        }
        forge(bomb.toByteArray(), counts -> counts, file(segment.idsName()));
        assertThat(archive.verify(segment.id())).singleElement().satisfies(fault -> {
            assertThat(fault.kind()).isEqualTo(Kind.SUMS);
            assertThat(fault.message()).contains("more in the file than the manifest says");
        });
    }

    /** A window of two gigabytes would be memory that the reader has to have. */
    @Test
    void aWindowThatIsTooLargeIsRefused() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdOutputStream(packed).setLong(27)) {
            out.write(lines().getBytes(UTF_8));
        }
        forge(packed.toByteArray(), counts -> counts, file(segment.idsName()));
        assertThat(faults()).containsAnyOf(Kind.EDITED, Kind.CUT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"format\" : \"contextgraph-archive-1\" | \"format\" : \"contextgraph-archive-9\" | its format is not",
                "\"events\" : 50 | \"events\" : 2000000000 | it has 1 to 200000 events",
                "\"events\" : 50 | \"events\" : -1 | it lacks events",
                "\"events\" : 50 | \"events\" : 49 | its runs are not its events",
                "\"events\" : 50 | \"events\" : 1e99 | it lacks events",
                "\"events\" : 50 | \"events\" : 99999999999999999999 | it lacks events",
                "[ 1, 50 ] | [ 1, 20 ], [ 10, 39 ] | its runs are not in order",
                "[ 1, 50 ] | [ 50, 1 ] | needs 1 <= from <= to",
                "[ 1, 50 ] | [ 2, 51 ] | its runs are not between",
                "\"partition\" : 0 | \"partition\" : -1 | partition",
                "\"ledger_id\" : \"1 | \"ledger_id\" : \"../../1 | needs a UUID",
                "\"data\" : \" | \"data\" : \"../../../../etc/passwd | a content hash has 64",
                "{ | [ | it is no JSON",
            })
    void aManifestThatCannotBeIsNotBelieved(String is, String becomes, String told) throws IOException {
        Path manifest = file(segment.manifestName());
        String good = Files.readString(manifest);
        String bad = good.replaceFirst(Pattern.quote(is), Matcher.quoteReplacement(becomes));
        assertThat(bad).isNotEqualTo(good);
        Files.writeString(manifest, bad);
        assertThatExceptionOfType(ArchiveException.class)
                .isThrownBy(() -> archive.segment(segment.id()))
                .withMessageContaining(told)
                .satisfies(e -> assertThat(e.fault().kind()).isEqualTo(Kind.MANIFEST));
        assertThat(faults()).containsExactly(Kind.MANIFEST);
        Catalog catalog = archive.list();
        assertThat(catalog.segments()).isEmpty();
        assertThat(catalog.faults()).hasSize(1);
        // What it is a manifest of is not taken for what somebody has left.
        assertThat(catalog.leftovers()).isEmpty();
    }

    @Test
    void whatAManifestSaysOfEventsIsHeldAgainstThem() throws IOException {
        Path manifest = file(segment.manifestName());
        String good = Files.readString(manifest);
        for (String[] edit : new String[][] {
            {"\"sessions\" : 3", "\"sessions\" : 4"},
            {"\"payloads\" : 25", "\"payloads\" : 24"},
            {"\"plain_bytes\" : ", "\"plain_bytes\" : 9"},
            {"\"global_position\" : \"1001-0\"", "\"global_position\" : \"1001-1\""},
            {segment.hashes().contents(), segment.hashes().data()},
        }) {
            String bad = good.replace(edit[0], edit[1]);
            assertThat(bad).isNotEqualTo(good);
            Files.writeString(manifest, bad);
            assertThat(faults()).describedAs(edit[0]).containsExactly(Kind.SUMS);
        }
    }

    /** The end of its sum is not in the name of a file. */
    @Test
    void theSumOfAFileIsHeldAgainstIt() throws IOException {
        Path manifest = file(segment.manifestName());
        String good = Files.readString(manifest);
        for (String sum : List.of(segment.hashes().data(), segment.hashes().ids())) {
            String other = sum.substring(0, 63) + (sum.endsWith("0") ? "1" : "0");
            Files.writeString(manifest, good.replace(sum, other));
            assertThat(faults()).describedAs(sum).containsExactly(Kind.EDITED);
        }
    }

    @Test
    void aManifestThatIsTooLongIsNotRead() throws IOException {
        Files.write(file(segment.manifestName()), new byte[ManifestJson.MAX_BYTES + 1]);
        assertThat(archive.verify(segment.id()))
                .singleElement()
                .satisfies(fault -> assertThat(fault.message()).contains("too long"));
    }
}
