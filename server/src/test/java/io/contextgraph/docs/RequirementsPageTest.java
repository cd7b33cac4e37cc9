// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.docs.RequirementsPage.Row;
import io.contextgraph.testing.Skips;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of requirements: nothing is left out, and whatever it leads to is there and is what it is said to be. */
class RequirementsPageTest {
    /** Where the seeds lie for who has them: beside the repository. */
    private static final Path SEEDS =
            GeneratedDocs.root().resolveSibling("shared").resolve("seeds");

    private static final TestSources SOURCES = TestSources.read(GeneratedDocs.root());

    private static String page() throws IOException {
        return Files.readString(GeneratedDocs.root().resolve("docs/requirements.md"));
    }

    private static List<String> faults(String page) throws IOException {
        return new RequirementsPage(page).faults(SOURCES);
    }

    @Test
    void thePageHasNoFault() throws IOException {
        assertThat(faults(page())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            value = {
                "| `gdpr-6`, | `gdpr-5`, gdpr-6 is not there",
                "| `gdpr-6`, | `gdpr-5`, gdpr-5 is there twice",
                "| `gdpr-6`, | `gdpr-7`, gdpr-7 is of no seed",
                "feed/RedisFeed.java, feed/RedisFood.java, RedisFood.java) leads nowhere",
                "operations.md#retention, operations.md#retentions, operations.md#retentions) leads nowhere",
                "main/java/io/contextgraph/privacy/Sealer.java, test/java/io/contextgraph/privacy/SealerTest.java,"
                        + " gdpr-1: SealerTest.java is no source of the product",
                "SealingLogTest#whatTheLedgerHasSaysNothingOfThePerson, SealingLogTest#whatTheLedgerHas,"
                        + " gdpr-1: SealingLogTest has no test whatTheLedgerHas",
                "[SearchEngineIT], [SearchEngineTest], decision-1: SearchEngineTest is no test in SearchEngineIT.java",
                "[SearchEngineIT](../server/src/test/java/io/contextgraph/ledger/redis/SearchEngineIT.java),"
                        + " [Events](../server/src/test/java/io/contextgraph/testing/Events.java),"
                        + " decision-1: Events is no test in Events.java",
                "SealingLogTest#whatTheLedgerHasSaysNothingOfThePerson, SealingLogTest,"
                        + " gdpr-1: SealingLogTest has tests of its own: name the one",
                "| no test |, |  |, retention-9: names no test and does not say so",
                "held by a test, held by tests, the counts are not those of the rows:",
                "- `adr-0001-3`:, - adr-0001-3:, the list Not there is not that of the rows",
                "- `positive-6`:, - `positive-5`:, the list Held by no test is not that of the rows",
                "`study-2` with `ingestion-1`, `study-2` with `ingestion-4`, study-2 is not with ingestion-4",
                "Elsewhere: `study-2` with `ingestion-1`, Elsewhere: `study-9` with `study-9`,"
                        + " study-2 stands in another section which does not say so"
            })
    void aBrokenPageIsFoundOut(String whole, String broken, String fault) throws IOException {
        String page = page();
        assertThat(page).contains(whole);
        assertThat(faults(page.replace(whole, broken == null ? "" : broken)))
                .anySatisfy(found -> assertThat(found).contains(fault));
    }

    @Test
    void aKitThatNobodyRunsIsFoundOut() throws IOException {
        assertThat(SOURCES.isRun("EventLogContract")).isTrue();
        assertThat(SOURCES.isRun("NobodysContract")).isFalse();
        assertThat(new RequirementsPage(page())
                        .faults(SOURCES.without("EraserForSearchIT", "EraserOnRedis7IT", "EraserOnPartitionsIT")))
                .containsExactly("gdpr-3: no test runs EraserContract", "gdpr-3: no test runs EraserContract");
    }

    @Test
    void theSeedsSayNothingElse() throws IOException {
        List<Row> rows = new RequirementsPage(page()).rows();
        List<String> seeds = seeds();
        assertThat(Seeds.faults(seeds, rows)).isEmpty();
        // What would be noticed: other words, a requirement more, one less.
        List<Row> others =
                new RequirementsPage(page().replace("Ingestion MUST be idempotent", "Ingestion is idempotent")).rows();
        assertThat(Seeds.faults(seeds, others)).containsExactly("ingestion-1 is not what the seed says there");
        List<String> longer = seeds.stream()
                .map(seed -> seed.replace("- Custom stream rotation", "- It MUST be blue\n- Custom stream rotation"))
                .toList();
        assertThat(Seeds.faults(longer, rows)).contains("minimum has 9 entries in the seed, 8 here");
        List<String> elsewhere =
                seeds.stream().map(seed -> seed + "\nNobody MUST read this.\n").toList();
        assertThat(Seeds.faults(elsewhere, rows)).contains("no row has: Nobody MUST read this.");
    }

    private static List<String> seeds() throws IOException {
        Skips.unless(Files.isDirectory(SEEDS), RequirementsPageTest.class, "the seeds are not beside the repository");
        List<String> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.list(SEEDS)) {
            for (Path file : files.sorted().toList()) {
                seeds.add(Files.readString(file));
            }
        }
        return seeds;
    }
}
