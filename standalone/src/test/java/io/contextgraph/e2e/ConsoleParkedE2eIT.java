// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static io.contextgraph.e2e.ConsoleActs.LONG_WORK;
import static io.contextgraph.e2e.ConsoleActs.PARKED;
import static io.contextgraph.e2e.ConsoleActs.RETENTION;
import static io.contextgraph.e2e.ConsoleActs.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.testing.Skips;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What goes wrong, in the console, without an archive: events that are parked, work that fails, a group that holds things up, events gone for good. */
class ConsoleParkedE2eIT {
    /** More than a page of the console. */
    private static final int REFUSED = 52;

    @TempDir
    private Path folder = Path.of("");

    @BeforeAll
    static void look() {
        Skips.unless(ConsoleBrowser.isInstalled(), ConsoleParkedE2eIT.class, "no chromium with chromedriver");
    }

    @Test
    void whatGoesWrongIsSeenAndPutRight() throws Exception {
        Distribution distribution = new Distribution(folder.resolve("data"))
                .with(
                        "--archive.required=false",
                        "--retention.required-groups=projection,laggard",
                        "--retention.enabled=false",
                        "--retention.hot-window=1s",
                        "--retention.min-hot-window=1s",
                        "--retention.ceiling=1s",
                        "--retention.segment-span=1s");
        try (Distribution.Server server = distribution.serve();
                HuntStores stores = new HuntStores(folder.resolve("data"));
                ConsoleCaller caller = new ConsoleCaller(server.address(), "");
                ConsoleBrowser browser = new ConsoleBrowser(server.address())) {
            ConsoleActs acts = new ConsoleActs(browser);
            String first = caller.append(ConsoleCaller.event("early", "the first"));
            caller.awaitInGraph(first);
            stores.refuseTwins();
            assertThat(caller.ask(201, "POST", HuntRequests.BATCH, twins().toString())
                            .get("accepted")
                            .intValue())
                    .isEqualTo(REFUSED + 1);
            workFails(browser, acts);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> caller.get("/v1/admin/parked").get("parked").size() == REFUSED);
            parkedIsTriedAndGivenUp(browser, acts);
            stores.takeTwins();
            acts.act(PARKED, "Try all again", "1,000 at a time");
            browser.awaitText(REFUSED - 1 + " projected, 0 refused again");
            browser.awaitText("Nothing is parked.");
            acts.isUsableByAll();
            assertThat(caller.onRecord())
                    .contains("POST /v1/admin/parked/redrive by somebody")
                    .anyMatch(asked -> asked.startsWith("DELETE /v1/admin/parked/{id} by somebody: ")
                            && asked.contains("case 18"));
            aGroupIsReleased(browser, acts, caller);
            goneForGood(browser, acts, first);
            // The browser logs answers of 404 and 410, also where the console says that nothing is archived, kept or
            // there.
            assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("status of 4"));
        }
    }

    /** All but one of them are refused. */
    private static ObjectNode twins() {
        ObjectNode batch = Json.MAPPER.createObjectNode();
        ArrayNode all = batch.putArray("events");
        for (int n = 0; n <= REFUSED; n++) {
            all.add(ConsoleCaller.event("twins", "the same")
                    .put("tool_name", "twin")
                    .put("importance_hint", 7));
        }
        return batch;
    }

    private static void workFails(ConsoleBrowser browser, ConsoleActs acts) {
        acts.open();
        browser.awaitText("Events are not archived.");
        browser.awaitText("No backups are kept.");
        acts.ask(WORK, "Rebuild the graph", "The whole ledger is replayed");
        browser.click("dialog input[name=from_archive]");
        acts.confirm("Rebuild the graph");
        assertThat(acts.awaitWork("Rebuild", "failed")).contains("there is no archive to rebuild from");
        acts.isUsableByAll();
    }

    private static void parkedIsTriedAndGivenUp(ConsoleBrowser browser, ConsoleActs acts) {
        String entries = PARKED + " ul[aria-label=Parked] > li";
        acts.open();
        browser.await(() -> browser.count(entries) == 50, "a page");
        acts.isUsableByAll();
        browser.push(PARKED, "Show more");
        browser.await(() -> browser.count(entries) == REFUSED, "the next page");
        assertThat(browser.awaitElement(entries).getText()).contains("llm.chat", "in twins", "after 5 attempts");
        acts.act(PARKED, "Try again", "projected again");
        browser.awaitText("0 projected, 1 refused again");
        acts.act(PARKED, "Give up", "the graph will never have it", "case 18");
        browser.awaitText("Given up.");
        browser.await(() -> browser.count(PARKED + " ul[aria-label='Given up'] > li") == 1, "what was given up");
        assertThat(browser.awaitElement(PARKED + " ul[aria-label='Given up'] > li")
                        .getText())
                .contains("case 18", "llm.chat");
        browser.await(() -> browser.count(entries) == REFUSED - 1, "what is left");
        acts.isUsableByAll();
    }

    private static void aGroupIsReleased(ConsoleBrowser browser, ConsoleActs acts, ConsoleCaller caller) {
        acts.open();
        acts.act(RETENTION, "Run retention", "leaves the streams");
        assertThat(acts.awaitWork("Retention", "succeeded"))
                .contains("0 events left the ledger", "Held up by the group laggard, which does not exist");
        browser.awaitText("what it has not finished waits since");
        acts.isUsableByAll();
        acts.act(RETENTION, "Release the group", "It is still given every event", "case 19");
        browser.awaitText("Released: it holds nothing up");
        browser.awaitText("by somebody: case 19");
        acts.isUsableByAll();
        assertThat(caller.onRecord())
                .anyMatch(asked -> asked.startsWith("POST /v1/admin/retention/release by somebody: ")
                        && asked.contains("group=laggard")
                        && asked.contains("case 19"));
    }

    private static void goneForGood(ConsoleBrowser browser, ConsoleActs acts, String first) {
        acts.act(RETENTION, "Run retention", "leaves the streams");
        browser.await(
                () -> browser.awaitElement(LONG_WORK + " li.entry").getText().matches("(?s).*[1-9]\\d* events left.*"),
                "that events have gone");
        browser.open("#/events/" + first);
        browser.awaitText("An event that is gone");
        browser.awaitText("What the graph says of it");
        assertThat(browser.text()).contains("Why\nceiling 1s", "Summary\nsummary:");
        acts.isUsableByAll();
    }
}
