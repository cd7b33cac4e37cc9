// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static io.contextgraph.e2e.ConsoleActs.ARCHIVE;
import static io.contextgraph.e2e.ConsoleActs.BACKUPS;
import static io.contextgraph.e2e.ConsoleActs.RETENTION;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The console of a ledger of three partitions: all of them at once where it is an overview, one that is chosen where it is about one. */
class ConsolePartitionsE2eIT extends ShownConsole {
    private static final String HEADS = "[aria-label='Where each partition ends'] tbody tr";
    private static final String GRAPH = "[aria-label='How far the graph is in each partition'] tbody tr";
    private static final String STORES = "section[aria-labelledby=stores-title]";

    /** Enough sessions that each partition has some of them. */
    private static final int SESSIONS = 24;

    @TempDir
    private static Path folder = Path.of("");

    private ConsoleCaller caller;
    private ConsoleActs acts;

    @BeforeAll
    void begin() throws Exception {
        Distribution distribution = new Distribution(folder.resolve("data"))
                .with(
                        "--redis.partitions=3",
                        "--archive.location=" + folder.resolve("archive"),
                        "--backup.location=" + folder.resolve("backups"),
                        "--retention.enabled=false",
                        "--retention.hot-window=1s",
                        "--retention.min-hot-window=1s",
                        "--retention.ceiling=1s",
                        "--retention.segment-span=1s");
        show(distribution);
        caller = opened(new ConsoleCaller(server.address(), ""));
        acts = new ConsoleActs(browser);
        for (int n = 0; n < SESSIONS; n++) {
            String ignored = caller.append(ConsoleCaller.event("one-of-many-" + n, "hello"));
        }
        browser.await(
                () -> partitions().stream()
                        .allMatch(one -> one.at("/projection/lag_events").longValue() == 0),
                "that the graph has all");
    }

    @AfterEach
    void nothingWasComplainedOf() {
        assertThat(browser.complaints()).isEmpty();
    }

    private List<JsonNode> partitions() {
        return caller.get("/v1/ledger/partitions")
                .get("partitions")
                .valueStream()
                .toList();
    }

    /** What each row of a table says of its partition. */
    private List<String> rows(String rows) {
        return browser.texts("return [...document.querySelectorAll(\"" + rows
                + "\")].map((row) => [...row.cells].map((cell) => cell.innerText).join(' '))");
    }

    @Test
    void theOverviewHasARowForEachAndTheTiersOfOne() {
        browser.open("#/");
        browser.await(
                () -> rows(HEADS)
                        .equals(partitions().stream()
                                .map(one -> one.get("partition") + " " + one.at("/head/seq") + " "
                                        + one.at("/head/global_position").stringValue() + " " + one.get("epoch"))
                                .toList()),
                "where each ends");
        browser.await(() -> rows(GRAPH).equals(List.of("0 0 0 ", "1 0 0 ", "2 0 0 ")), "that the graph has all");
        List<String> entries = IntStream.range(0, 3)
                .mapToObj(partition -> caller.get("/v1/admin/stats?partition=" + partition)
                        .at("/stream/count")
                        .toString())
                .toList();
        assertThat(entries.get(0)).isNotEqualTo(entries.get(2));
        for (int partition : List.of(2, 1, 0, 2)) {
            browser.click(STORES + " nav a:nth-of-type(" + (partition + 1) + ")");
            browser.await(() -> entries.get(partition).equals(entries()), "the tiers of partition " + partition);
            assertThat(browser.hash()).isEqualTo("#/?partition=" + partition);
        }
        browser.reload();
        browser.await(() -> entries.get(2).equals(entries()), "the choice, in the address");
        acts.isUsableByAll();
        acts.fitsEverywhere();
    }

    /** What a partition has in its streams, as the card of tiers says. */
    private String entries() {
        return browser.awaitElement(STORES + " tbody td").getText();
    }

    @Test
    void anEventSaysItsPartitionAndASessionIsFollowedInIts() {
        String event = caller.append(ConsoleCaller.event("followed", "hello"));
        String position =
                caller.get("/v1/events/" + event).get("global_position").stringValue();
        assertThat(position).matches("\\d+-\\d+@[012]");
        browser.open("#/events/" + event);
        browser.awaitText("Position\n" + position);
        browser.awaitText(" of partition " + position.substring(position.indexOf('@') + 1));
        browser.awaitText("Archive\nnot there");
        browser.open("#/lineage/" + event);
        browser.awaitText("@" + position);
        browser.open("#/sessions/followed?view=table");
        browser.awaitText("1 event");
        browser.awaitElement(".view-table .rows-window .row");
        String ignored = caller.append(ConsoleCaller.event("followed", "again"));
        browser.push(".bar", "Follow live");
        browser.awaitText("2 events");
    }

    @Test
    void retentionArchiveAndBackupsAreThoseOfTheChosenPartition() {
        acts.open();
        browser.awaitText("Retention of partition 0");
        acts.isUsableByAll();
        browser.click("nav.partitions a:nth-of-type(2)");
        browser.awaitText("Retention of partition 1");
        assertThat(browser.hash()).isEqualTo("#/operations?partition=1");
        browser.reload();
        browser.awaitText("Retention of partition 1");
        acts.act(RETENTION, "Run retention", "leaves the streams");
        String ignored = acts.awaitWork("Retention", "succeeded");
        browser.awaitElement(ARCHIVE + " li.entry");
        assertThat(partitions().stream()
                        .map(one -> one.at("/trimmed/seq").longValue() > 0)
                        .toList())
                .containsExactly(false, true, false);
        acts.act(BACKUPS, "Take a backup", "A snapshot of Redis");
        ignored = acts.awaitWork("Backup", "succeeded");
        browser.awaitElement(BACKUPS + " li.entry");
        browser.click("nav.partitions a:nth-of-type(1)");
        browser.awaitText("Backups of partition 0");
        browser.awaitText("There is no segment yet.");
        browser.awaitText("There is none yet.");
        acts.fitsEverywhere();
        assertThat(caller.onRecord())
                .contains(
                        "POST /v1/admin/retention/run by somebody: partition=1",
                        "POST /v1/admin/backups by somebody: partition=1");
    }
}
