// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static io.contextgraph.e2e.ConsoleActs.ARCHIVE;
import static io.contextgraph.e2e.ConsoleActs.BACKUPS;
import static io.contextgraph.e2e.ConsoleActs.HOLDS;
import static io.contextgraph.e2e.ConsoleActs.LONG_WORK;
import static io.contextgraph.e2e.ConsoleActs.RETENTION;
import static io.contextgraph.e2e.ConsoleActs.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do in the console, with an archive and backups: each act says what it does, tells its result, and is on record. */
class ConsoleOperationsE2eIT extends ShownConsole {
    /** Of a session that leaves the ledger. */
    private static final String GOES = "74000000-6b1d-4a7e-9c20-000000000005";

    private static final String STAYS = "47110000-5a3e-4c0d-8e11-000000000004";

    private static final int MANY = 1_200;

    /** The segment that was written first stands last. */
    private static final String OLDEST = ARCHIVE + " li.entry:last-child";

    @TempDir
    private static Path folder = Path.of("");

    private HuntStores stores;
    private ConsoleCaller caller;
    private ConsoleActs acts;

    @BeforeAll
    void begin() throws Exception {
        Distribution distribution = new Distribution(folder.resolve("data"))
                .with(
                        "--archive.location=" + folder.resolve("archive"),
                        "--backup.location=" + folder.resolve("backups"),
                        "--retention.enabled=false",
                        "--retention.hot-window=1s",
                        "--retention.min-hot-window=1s",
                        "--retention.ceiling=1s",
                        "--retention.segment-span=1s");
        Distribution.Result imported = distribution.run(
                "import",
                many(folder.resolve("many.ndjson")).toString(),
                Path.of("..", "sample").toString());
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        show(distribution);
        stores = opened(new HuntStores(folder.resolve("data")));
        caller = opened(new ConsoleCaller(server.address(), ""));
        caller.awaitInGraph(GOES);
        caller.awaitInGraph(STAYS);
        acts = new ConsoleActs(browser);
    }

    /** Enough that a rebuild has come somewhere before it gets to the sample. */
    private static Path many(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int n = 0; n < MANY; n++) {
                out.write(ConsoleCaller.event("many", "one of many") + "\n");
            }
        }
        return file;
    }

    @AfterEach
    void nothingWasComplainedOf() {
        // The browser logs answers of 410, also where the console says what has gone.
        assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("status of 410"));
    }

    @Test
    void theGraphIsComparedMendedAndMadeAnew() {
        acts.open();
        acts.isUsableByAll();
        acts.ask(WORK, "Verify the graph", "Nothing is changed");
        browser.click("dialog input[name=deep]");
        acts.isUsableByAll();
        acts.confirm("Verify the graph");
        browser.awaitText("Verify the graph: begun.");
        assertThat(acts.awaitWork("Verify", "succeeded")).contains("The graph equals the ledger", "event by event");
        assertThat(caller.onRecord()).contains("POST /v1/admin/verify by somebody: deep=true");

        stores.loseFromGraph(STAYS);
        acts.act(WORK, "Verify the graph", "Nothing is changed");
        browser.awaitText("The graph differs from the ledger");
        assertThat(browser.text()).contains("1 missing event").contains("missing event in support-4711");
        acts.isUsableByAll();
        acts.act(WORK, "Repair the graph", "The ledger is not changed");
        assertThat(acts.awaitWork("Repair", "succeeded")).contains("The graph is what the ledger says");

        acts.ask(WORK, "Rebuild the graph", "The whole ledger is replayed");
        browser.click("dialog input[name=anew]");
        acts.confirm("Rebuild the graph");
        assertThat(acts.awaitWork("Rebuild", "succeeded")).contains("replayed", "The graph is what the ledger says");
        browser.click(LONG_WORK + " li.entry details summary");
        browser.awaitElement(LONG_WORK + " li.entry .json");
        acts.isUsableByAll();
        assertThat(caller.onRecord())
                .contains("POST /v1/admin/repair by somebody", "POST /v1/admin/rebuild by somebody: anew=true");
        acts.fitsEverywhere();
    }

    @Test
    void workIsSeenUnderWayAndEnded() {
        acts.open();
        stores.holdInGraph("support-4711", () -> {
            acts.ask(WORK, "Rebuild the graph", "The whole ledger is replayed");
            browser.click("dialog input[name=anew]");
            acts.confirm("Rebuild the graph");
            browser.awaitElement(LONG_WORK + " progress");
            assertThat(acts.awaitWork("Rebuild", "running")).containsPattern("\\d+ of \\d+");
            acts.isUsableByAll();
            acts.ask(WORK, "Repair the graph", "projected anew");
            browser.push("dialog", "Repair the graph");
            browser.awaitText("Another operation runs");
            acts.isUsableByAll();
            browser.push("dialog", "Leave it");
            acts.act(LONG_WORK, "End it", "asked to end");
            browser.awaitText("It was asked to end.");
        });
        String ignored = acts.awaitWork("Rebuild", "cancelled");
        acts.isUsableByAll();
        assertThat(caller.onRecord()).contains("DELETE /v1/admin/operations/{id} by somebody");
        // The browser logs the answer of 409.
        assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("status of 409"));
    }

    @Test
    void whatIsOldLeavesForTheArchiveAndComesBack() {
        acts.open();
        browser.enter("input[name=session]", "support-4711");
        browser.awaitText("Nothing of support-4711 leaves the ledger");
        browser.awaitElement("dialog input[name=reason]").sendKeys("case 17");
        acts.isUsableByAll();
        acts.confirm("Hold");
        browser.awaitText("by somebody: case 17");
        assertThat(caller.onRecord())
                .anyMatch(asked -> asked.startsWith("POST /v1/admin/holds by somebody: ") && asked.contains("case 17"));
        acts.act(RETENTION, "Try it out", "Nothing is changed");
        assertThat(acts.awaitWork("Retention", "succeeded")).contains("would go", "would leave", "13 held");
        acts.act(RETENTION, "Run retention", "is archived and then leaves the ledger");
        browser.await(
                () -> browser.awaitElement(LONG_WORK + " li.entry").getText().contains("left the ledger"),
                "that it went");
        assertThat(caller.onRecord()).contains("POST /v1/admin/retention/run by somebody");
        browser.awaitElement(OLDEST);
        acts.isUsableByAll();

        browser.open("#/events/" + GOES);
        browser.awaitText("An event that is gone");
        browser.awaitText("What the graph says of it");
        assertThat(browser.text())
                .contains("Why\nceiling 1s")
                .contains("Archive\n0000000000000001-")
                .contains("Summary\nsummary:0000000000000001-");
        acts.isUsableByAll();
        browser.open("#/events/" + STAYS);
        browser.awaitText("There is no parcel 4711");
        browser.open("#/sessions/research-heat-pumps");
        browser.awaitText("16 earlier events of this session are gone");
        acts.isUsableByAll();

        bringBack();
        browser.open("#/events/" + GOES);
        browser.awaitText("On record");
        browser.await(() -> isArchived(), "where it is archived");
        acts.open();
        acts.act(HOLDS, "Release", "leaves the ledger with the next run");
        browser.awaitText("Released.");
        assertThat(caller.onRecord()).contains("DELETE /v1/admin/holds/{session_id} by somebody");
    }

    /** What is in the oldest segment. */
    private void bringBack() {
        acts.open();
        browser.click(OLDEST + " details summary");
        browser.awaitElement(OLDEST + " .json");
        assertThat(browser.text()).contains("written_by");
        acts.isUsableByAll();
        acts.act(OLDEST, "Verify", "compared with its manifest");
        assertThat(acts.awaitWork("Verify the archive", "succeeded")).contains("1 segment read back, whole.");
        acts.act(OLDEST, "Try a restore", "Nothing is changed");
        assertThat(acts.awaitWork("Restore", "succeeded")).contains("would come back");
        acts.act(OLDEST, "Restore", "come back into the ledger");
        browser.await(
                () -> browser.awaitElement(LONG_WORK + " li.entry").getText().contains("came back of 1 segment"),
                "that it came back");
        acts.isUsableByAll();
        assertThat(caller.onRecord())
                .contains(
                        "POST /v1/admin/archives/{segment}/verify by somebody",
                        "POST /v1/admin/archives/{segment}/restore by somebody: dry_run=true",
                        "POST /v1/admin/archives/{segment}/restore by somebody");
    }

    @Test
    void aBackupIsTakenAndTriedOut() {
        acts.open();
        browser.awaitText("There is none yet.");
        acts.act(BACKUPS, "Take a backup", "A snapshot of Redis is taken while it serves");
        assertThat(acts.awaitWork("Backup", "succeeded")).contains("Tried out, and good");
        browser.awaitElement(BACKUPS + " li.entry");
        acts.act(BACKUPS, "Verify", "to try it out");
        assertThat(acts.awaitWork("Verify a backup", "succeeded")).contains("Tried out, and good");
        browser.click(BACKUPS + " li.entry details summary");
        browser.awaitElement(BACKUPS + " li.entry .json");
        acts.isUsableByAll();
        acts.fitsEverywhere();
        assertThat(caller.onRecord())
                .contains("POST /v1/admin/backups by somebody", "POST /v1/admin/backups/{id}/verify by somebody");
    }

    /** A server looks at the archive once in a while, and a page asks it once. */
    private boolean isArchived() {
        if (browser.text().contains("Archive\nnot there")) {
            browser.reload();
        }
        return browser.text().contains("Archive\nin 0000000000000001-");
    }
}
