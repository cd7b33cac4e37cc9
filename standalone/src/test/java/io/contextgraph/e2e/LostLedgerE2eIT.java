// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger whose store was lost is brought back from its archive by the commands that an operator types. */
class LostLedgerE2eIT {
    private static final int EACH = 20;

    @TempDir
    private Path folder = Path.of("");

    private Path events(String person, int first) throws IOException {
        Path file = folder.resolve(person + ".ndjson");
        Files.writeString(
                file,
                IntStream.range(first, first + EACH)
                        .mapToObj(number -> Json.MAPPER
                                .createObjectNode()
                                .put("event_id", "00000000-0000-4000-8000-%012x".formatted(number))
                                .put("event_type", "tool.execute")
                                .put("occurred_at", "2026-01-31T12:00:00Z")
                                .put("session_id", "of " + first)
                                .put("agent_id", "a")
                                .put("trace_id", "t")
                                .put("data_subject_id", person + "@example.org")
                                .set("payload", Json.MAPPER.createObjectNode().put("text", "said " + number))
                                .toString())
                        .collect(Collectors.joining("\n", "", "\n")));
        return file;
    }

    private Distribution over(String data) {
        return new Distribution(folder.resolve(data))
                .archivingAtOnce(folder.resolve("archive"), "--privacy.keys=" + folder.resolve("keys"));
    }

    private static Distribution.Result done(Distribution distribution, String... arguments) throws IOException {
        Distribution.Result result = distribution.run(arguments);
        assertThat(result.exitCode())
                .as(String.join(" ", arguments) + "\n" + result.out() + result.err())
                .isZero();
        return result;
    }

    /** Who was erased after they had been archived stays erased, and what comes back is whole at once. */
    @Test
    void whatTheArchiveBringsBackIsWithoutWhoWasErased() throws IOException {
        Distribution before = over("before");
        Distribution.Result ignored = done(before, "privacy", "init");
        ignored = done(
                before,
                "import",
                events("ada", 100).toString(),
                events("bob", 200).toString());
        assertThat(done(before, "verify").out()).contains("equal (" + 2 * EACH + " events");
        assertThat(before.run("retention", "run").out()).contains(2 * EACH + " events recorded before");
        ignored = done(before, "privacy", "erase", "ada@example.org");
        String ledger;
        try (Stream<Path> ledgers = Files.list(folder.resolve("archive"))) {
            ledger = ledgers.map(path -> path.getFileName().toString())
                    .filter(name -> name.length() == 36)
                    .findFirst()
                    .orElseThrow();
        }

        Distribution after = over("after");
        Distribution.Result restored = done(after, "archives", "restore", "--lost", ledger);
        assertThat(restored.out()).contains(2 * EACH + " events brought back");
        assertThat(restored.err()).contains("erasures replayed: 1 persons");
        assertThat(done(after, "ledger", "examine").out()).contains("whole");
        assertThat(done(after, "event", "00000000-0000-4000-8000-%012x".formatted(200))
                        .out())
                .contains("of 200");
        assertThat(done(after, "privacy", "export", "bob@example.org").out()).contains("said 200");
        assertThat(after.run("privacy", "export", "ada@example.org").out()).doesNotContain("said 1");
    }
}
