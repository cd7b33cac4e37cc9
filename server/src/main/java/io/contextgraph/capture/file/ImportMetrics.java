// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ops.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an import did, in the text format of Prometheus, for a collector of text files: a command does not live long
 * enough to be scraped.
 *
 * <p><b>Shape.</b> {@code contextgraph_import_events_total{result}}: {@code new}, {@code duplicate}, {@code conflict};
 * {@code contextgraph_import_refused_total}; {@code contextgraph_import_skipped_total{by}}: what is on purpose no event,
 * by its kind or the pattern that it fits; {@code contextgraph_import_about_persons_total}; {@code
 * contextgraph_import_erased_total}: those of them that are refused because their person was erased; {@code contextgraph_import_replaced_total{what}}.
 */
public final class ImportMetrics {
    private static final String PREFIX = "contextgraph_import_";

    private ImportMetrics() {}

    /** Writes them, whole or not at all. */
    public static void write(ImportSummary summary, Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Path whole = Files.createTempFile(target.getParent(), ".import", ".tmp");
        try {
            Files.writeString(whole, text(summary));
            letOthersRead(whole);
            Files.move(whole, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /** A collector runs as another user. */
    private static void letOthersRead(Path file) throws IOException {
        PosixFileAttributeView rights = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (rights != null) {
            rights.setPermissions(PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    private static String text(ImportSummary summary) {
        Metrics metrics = new Metrics();
        Map<String, Long> results = new TreeMap<>(
                Map.of("new", summary.added(), "duplicate", summary.duplicates(), "conflict", summary.conflicts()));
        results.forEach((result, count) -> metrics.counter(
                        "contextgraph.import.events",
                        "Events of the last import, by what became of them",
                        "result",
                        result)
                .accept(count));
        metrics.counter("contextgraph.import.refused", "What could not be read, or not be taken by the ledger")
                .accept(summary.refusedTotal());
        metrics.counter("contextgraph.import.about.persons", "Events about persons, whatever became of them")
                .accept(summary.personal());
        metrics.counter("contextgraph.import.erased", "Events that are refused because their person was erased")
                .accept(summary.erased());
        summary.left()
                .forEach((what, count) -> metrics.counter(
                                "contextgraph.import.skipped", "What is on purpose no event, by its kind", "by", what)
                        .accept(count));
        replaced(summary)
                .forEach((what, count) -> metrics.counter(
                                "contextgraph.import.replaced", "What is not as it was written", "what", what)
                        .accept(count));
        return metrics.scrape()
                .lines()
                .filter(line -> line.contains(PREFIX))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static Map<String, Long> replaced(ImportSummary summary) {
        Map<String, Long> replaced = new TreeMap<>(Map.of("half_characters", 0L, "not_finite_numbers", 0L));
        summary.files().forEach(file -> {
            replaced.merge("half_characters", file.replaced().halves(), Long::sum);
            replaced.merge("not_finite_numbers", file.replaced().notFinite(), Long::sum);
        });
        return replaced;
    }
}
