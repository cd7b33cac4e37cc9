// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What the files of an archive say, read past the product: each manifest, each line of each file of events, and that their
 * sums are what the manifests say.
 */
final class ArchiveFiles {
    private static final String MANIFEST = ".json";

    /** A segment: its name, when it was written, and its lines by number. */
    record Found(String segment, Instant writtenAt, Map<Long, JsonNode> lines) {}

    private final Path folder;
    private final Book book;
    private final Map<Path, Found> read = new TreeMap<>();
    private final Map<Long, Found> byNumber = new TreeMap<>();

    ArchiveFiles(Path folder, Book book) {
        this.folder = folder;
        this.book = book;
    }

    /** Reads what is new. */
    void refresh() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> manifests = all.filter(file -> file.toString().endsWith(MANIFEST))
                    .filter(file -> !Objects.toString(file.getFileName()).startsWith("."))
                    .filter(file -> !read.containsKey(file))
                    .sorted()
                    .toList();
            for (Path manifest : manifests) {
                Found found = segment(manifest);
                read.put(manifest, found);
                found.lines().forEach((seq, line) -> {
                    assertThat(byNumber.put(seq, found))
                            .as("another segment than " + found.segment() + " with the event " + seq)
                            .isNull();
                    assertLine(line, book.event(Math.toIntExact(seq)));
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is a file. */
    boolean has(String name) {
        return Files.exists(folder.resolve(name));
    }

    private Found segment(Path manifest) throws IOException {
        JsonNode json = Json.MAPPER.readTree(Files.readAllBytes(manifest));
        String segment = json.required("segment").stringValue();
        Path data =
                beside(manifest, segment, ".ndjson.zst", json.required("sha256").required("data"));
        Path ids = beside(manifest, segment, ".ids", json.required("sha256").required("ids"));
        assertThat(ids).isNotEmptyFile();
        Map<Long, JsonNode> lines = new TreeMap<>();
        for (String line : plain(data).lines().toList()) {
            JsonNode event = Json.MAPPER.readTree(line);
            assertThat(lines.put(event.required("seq").longValue(), event)).isNull();
        }
        List<Long> numbers = new ArrayList<>();
        json.required("runs").forEach(run -> {
            for (long seq = run.get(0).longValue(); seq <= run.get(1).longValue(); seq++) {
                numbers.add(seq);
            }
        });
        assertThat(lines.keySet()).as("numbers in " + segment).containsExactlyElementsOf(numbers);
        assertThat(json.required("counts").required("events").longValue()).isEqualTo(lines.size());
        return new Found(segment, Instant.parse(json.required("written_at").stringValue()), lines);
    }

    private static String plain(Path data) throws IOException {
        try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(Files.readAllBytes(data)))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** The file that the manifest means: its name says its sum, and it has it. */
    private static Path beside(Path manifest, String segment, String end, JsonNode sum) throws IOException {
        String hash = sum.stringValue();
        Path file = manifest.resolveSibling(segment + "-" + hash.substring(0, 16) + end);
        assertThat(HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(file))))
                .as("SHA-256 of " + file)
                .isEqualTo(hash);
        return file;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An event in its public form, but for what was not given: each of its fields. */
    static void assertLine(JsonNode line, RecordedEvent booked) {
        var event = booked.event();
        assertThat(text(line, "event_id")).isEqualTo(event.id().toString());
        assertThat(text(line, "event_type")).isEqualTo(event.type().value());
        assertThat(Instant.parse(text(line, "occurred_at"))).isEqualTo(event.occurredAt());
        assertThat(text(line, "session_id")).isEqualTo(event.sessionId().value());
        assertThat(text(line, "agent_id")).isEqualTo(event.agentId());
        assertThat(text(line, "trace_id")).isEqualTo(event.traceId());
        assertThat(text(line, "payload_ref")).isEqualTo(event.payloadRef());
        assertThat(text(line, "tool_name")).isEqualTo(event.toolName().orElse(""));
        assertThat(text(line, "parent_event_id"))
                .isEqualTo(event.parentId().map(Object::toString).orElse(""));
        assertThat(text(line, "status"))
                .isEqualTo(event.status().map(status -> status.wireName()).orElse(""));
        assertThat(line.path("importance_hint").asInt(0))
                .isEqualTo(event.importanceHint().orElse(0));
        assertThat(
                        line.path("payload").isMissingNode()
                                        || line.path("payload").isNull()
                                ? ""
                                : Json.MAPPER.writeValueAsString(line.path("payload")))
                .isEqualTo(event.payload().map(payload -> payload.json()).orElse(""));
        assertThat(text(line, "global_position")).isEqualTo(booked.position().toString());
        assertThat(line.required("seq").longValue()).isEqualTo(booked.seq());
        assertThat(line.required("session_seq").longValue()).isEqualTo(booked.sessionSeq());
        assertThat(Instant.parse(text(line, "recorded_at"))).isEqualTo(booked.recordedAt());
        assertThat(text(line, "content_hash")).isEqualTo(booked.contentHash().hex());
    }

    private static String text(JsonNode line, String field) {
        return line.path(field).asString("");
    }

    /** The segment that has an event. */
    Optional<Found> of(long seq) {
        return Optional.ofNullable(byNumber.get(seq));
    }

    /** The numbers of the events of a segment. */
    Set<Long> numbers(String segment) {
        return all().stream()
                .filter(found -> found.segment().equals(segment))
                .findFirst()
                .orElseThrow()
                .lines()
                .keySet();
    }

    /** In which way a segment is not as it was written. */
    enum Damage {
        EDITED("-\\p{XDigit}{16}\\.ndjson\\.zst"),
        CUT("-\\p{XDigit}{16}\\.ndjson\\.zst"),
        LOST("-\\p{XDigit}{16}\\.ndjson\\.zst"),
        OTHER_IDS("-\\p{XDigit}{16}\\.ids"),
        OTHER_COUNT("\\.json");

        private final String file;

        Damage(String file) {
            this.file = file;
        }

        private void strike(Path struck, byte[] bytes) throws IOException {
            switch (this) {
                case LOST -> Files.delete(struck);
                case CUT -> {
                    Path ignored = Files.write(struck, Arrays.copyOf(bytes, bytes.length - 5));
                }
                case OTHER_COUNT -> {
                    String told = new String(bytes, UTF_8);
                    String other = told.replaceFirst("(\"events\" ?: ?)(\\d+)", "$11$2");
                    assertThat(other).isNotEqualTo(told);
                    Path ignored = Files.write(struck, other.getBytes(UTF_8));
                }
                case EDITED, OTHER_IDS -> {
                    byte[] other = bytes.clone();
                    other[bytes.length / 2] ^= 1;
                    Path ignored = Files.write(struck, other);
                }
            }
        }
    }

    /**
     * Does something to a file of a segment.
     *
     * @return what makes it as it was
     */
    Runnable damage(String segment, Damage how) {
        try (Stream<Path> all = Files.walk(folder)) {
            Path struck = all.filter(
                            file -> Objects.toString(file.getFileName()).matches(Pattern.quote(segment) + how.file))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(struck);
            how.strike(struck, bytes);
            return () -> write(struck, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Path ignored = Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All segments. */
    List<Found> all() {
        return List.copyOf(read.values());
    }

    /** How many events it has. */
    int events() {
        return byNumber.size();
    }
}
