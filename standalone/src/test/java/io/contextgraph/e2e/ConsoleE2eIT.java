// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import tools.jackson.databind.node.ObjectNode;

/** Every view of the console in a real browser, with the sample and with texts that mean harm. */
class ConsoleE2eIT extends ShownConsole {
    private static final String SESSION = "#/sessions/support-4711";

    /** An event of the sample that has a cause and effects. */
    private static final String EVENT = "47110000-5a3e-4c0d-8e11-000000000004";

    private static final String HOSTILE = "<img src=x onerror=\"window.harmed=1\"><script>window.harmed=1</script>";
    private static final String TURNED = "turned \u202eback\u2066 and \u0001 hidden";

    @TempDir
    private static Path dataDir = Path.of("");

    private ConsoleCaller caller;

    @BeforeAll
    void begin() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        importSample(distribution);
        show(distribution);
        caller = opened(new ConsoleCaller(server.address(), ""));
    }

    @AfterEach
    void nothingWasComplainedOf() {
        // The browser logs answers of 404, also where the console says that nothing is archived or kept.
        assertThat(browser.complaints())
                .allMatch(complaint -> complaint.contains("/v1/admin/") && complaint.contains("status of 404"));
    }

    private void isUsableByAll() {
        assertThat(browser.obstacles()).isEmpty();
    }

    @Test
    void theOverviewTellsHowTheProductIsAndWhatComes() throws Exception {
        browser.open("#/");
        browser.awaitText("No key is asked for");
        browser.awaitText("support-4711");
        browser.awaitText("connected");
        browser.awaitElement(".plot canvas");
        isUsableByAll();
        append("live-session", "hello", 1);
        browser.awaitElement(".live-events li");
        assertThat(browser.text()).contains("live-session");
    }

    @Test
    void sessionsAreFoundByOneEventThatMatchesAll() {
        browser.open("#/sessions");
        browser.awaitText("research-heat-pumps");
        isUsableByAll();
        browser.open("#/sessions?tool_name=track_parcel&status=failed");
        browser.awaitText("1 session with one event that matches all of this");
        assertThat(browser.text()).contains("support-4711").doesNotContain("research-heat-pumps");
        browser.open("#/sessions?tool_name=get_order&status=failed");
        browser.awaitText("No session has an event that matches all of this");
        browser.open("#/sessions?prefix=research");
        browser.awaitText("research-heat-pumps");
        assertThat(browser.text()).doesNotContain("support-4711");
        browser.enter("input[name=agent_id]", "lead-researcher");
        browser.await(() -> browser.hash().contains("agent_id=lead-researcher"), "the filter in the address");
    }

    @Test
    void aSessionIsReadAsAConversation() {
        browser.open(SESSION);
        browser.awaitText("My reading lamp should have come on Friday");
        browser.awaitText("tokens in");
        assertThat(browser.count(".said")).isEqualTo(13);
        assertThat(browser.count(".said.failed")).isEqualTo(1);
        assertThat(browser.text()).contains("There is no parcel 4711").contains("1 failure");
        isUsableByAll();
        browser.click(".failures button");
        browser.await(() -> browser.hash().contains(EVENT), "the failure is selected");
        browser.awaitText("Open this event");
        assertThat(browser.count(".said.failed.selected")).isEqualTo(1);
        isUsableByAll();
    }

    @Test
    void keysGoFromEventToEventAndFromMatchToMatch() {
        browser.open(SESSION + "?view=table");
        browser.awaitElement(".view-table .rows-window .row");
        browser.awaitElement(".view-table").click();
        browser.open(SESSION + "?view=table&event=" + EVENT);
        browser.awaitElement(".row.selected");
        browser.awaitElement(".view-table").sendKeys("j");
        browser.await(() -> browser.hash().contains("000000000005"), "the next event");
        browser.awaitElement(".view-table").sendKeys("k", "k");
        browser.await(() -> browser.hash().contains("000000000003"), "two before");
        browser.awaitElement(".view-table").sendKeys(Keys.END);
        browser.await(() -> browser.hash().contains("000000000013"), "the last");
        browser.awaitElement("#find-inside").sendKeys("label");
        browser.awaitText("4 found");
        browser.awaitElement("#find-inside").sendKeys(Keys.ENTER);
        browser.await(() -> browser.hash().contains("000000000008"), "the first match, round the end");
        browser.awaitElement(".view-table").sendKeys("n");
        browser.await(() -> browser.hash().contains("000000000009"), "the next match");
        isUsableByAll();
    }

    @Test
    void aSessionIsSeenByTimeAndByCause() {
        browser.open("#/sessions/research-heat-pumps?view=timeline");
        browser.awaitElement(".timeline-rows .row .bar");
        assertThat(browser.count(".timeline-rows .row")).isEqualTo(16);
        browser.await(() -> browser.text().contains("16 of 16 events"), "all");
        isUsableByAll();
        browser.awaitElement(".timeline-rows").sendKeys("+", "+");
        browser.await(() -> browser.hash().contains("from="), "the zoom in the address");
        assertThat(browser.count(".timeline-rows .row")).isBetween(1, 15);
        browser.awaitElement(".timeline-rows").sendKeys("0");
        browser.await(() -> !browser.hash().contains("from="), "the whole");
        browser.open("#/sessions/research-heat-pumps?view=tree");
        browser.awaitElement("[role=treeitem]");
        assertThat(browser.count("[role=treeitem]")).isEqualTo(16);
        isUsableByAll();
        browser.awaitElement("[role=tree]").sendKeys(Keys.HOME);
        browser.awaitElement("[role=tree]").sendKeys(Keys.LEFT);
        browser.await(() -> browser.count("[role=treeitem]") == 1, "all folded away");
        browser.awaitElement("[role=tree]").sendKeys(Keys.RIGHT);
        browser.await(() -> browser.count("[role=treeitem]") == 16, "and back");
    }

    @Test
    void anEventTellsWhatIsOnRecordAndWhereItStands() {
        browser.open("#/events/" + EVENT);
        browser.awaitText("There is no parcel 4711");
        browser.awaitText("On record");
        browser.await(() -> browser.text().contains("Graph\nthere"), "where it stands in the graph");
        assertThat(browser.text()).contains("hot: in the streams").contains("Sent again\nnot since");
        isUsableByAll();
        browser.open("#/events/" + new UUID(7, 7));
        browser.awaitText("The ledger has never had this event");
        browser.open("#/events/nonsense");
        browser.awaitText("invalid");
        // The browser logs answers of 4xx.
        assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("status of 4"));
    }

    @Test
    void causesAndEffectsAreDrawnLevelByLevel() {
        browser.open("#/lineage/" + EVENT);
        browser.await(() -> browser.count("svg.lineage .node") == 5, "two levels each way");
        isUsableByAll();
        browser.click("a.button");
        browser.await(() -> browser.count("svg.lineage .node") == 7, "three levels, and one root");
        assertThat(browser.hash()).contains("depth=3");
        browser.open("#/lineage/" + EVENT + "?direction=descendants&depth=1");
        browser.await(() -> browser.count("svg.lineage .node") == 2, "its effect");
        browser.click("svg.lineage .node:not(.start)");
        browser.awaitText("Begin here");
    }

    @Test
    void twoSessionsStandBesideEachOther() {
        browser.open("#/compare/support-4711/research-heat-pumps");
        browser.awaitText("beside each other");
        browser.awaitElement("table.compare tbody tr");
        browser.awaitText("instead of");
        isUsableByAll();
        browser.open("#/compare/support-4711/support-4711");
        browser.awaitText("13 steps beside each other, 0 in one session only");
        browser.click("input[type=checkbox]");
        browser.await(() -> browser.count("table.compare tbody tr") == 0, "nothing differs");
    }

    @Test
    void anActIsAskedForOnceAndTellsWhatCameOfIt() {
        browser.open("#/operations");
        browser.awaitText("Nothing is parked");
        browser.awaitText("No session is held");
        isUsableByAll();
        browser.click("section[aria-labelledby=work-title] button");
        browser.awaitText("Nothing is changed");
        isUsableByAll();
        browser.click("dialog button[type=submit]");
        browser.awaitText("Verify the graph: begun");
        browser.awaitText("succeeded");
        browser.enter("input[name=session]", "support-4711");
        browser.enter("dialog input[name=reason]", "for a test");
        browser.awaitText("for a test");
        browser.click("section[aria-labelledby=holds-title] li button");
        browser.click("dialog button[type=submit]");
        browser.awaitText("Released.");
    }

    @Test
    void textsOfOthersStayText() throws Exception {
        String session = HOSTILE.substring(0, 40) + "s".repeat(200) + "\u202e";
        append(session, HOSTILE, 1);
        append(session, TURNED, 2);
        append(session, "long " + "x y ".repeat(2_500), 3);
        append("..", HOSTILE, 4);
        String encoded =
                String.valueOf(browser.script("return encodeURIComponent('" + session.replace("'", "\\'") + "')"));
        for (String view : List.of("conversation", "timeline", "tree", "table")) {
            browser.open("#/sessions/" + encoded + "?view=" + view);
            browser.awaitText("3 events");
            browser.await(() -> browser.text().contains("<img src=x"), "the name as text");
            isHarmless();
        }
        browser.open("#/sessions/" + encoded);
        browser.awaitText(HOSTILE);
        browser.awaitText("turned U+202Eback");
        isHarmless();
        isUsableByAll();
        browser.open("#/sessions");
        browser.awaitText("<img src=x");
        isHarmless();
        browser.open("#/");
        browser.awaitText("<img src=x");
        isHarmless();
        browser.open("#/sessions/..");
        browser.awaitText(HOSTILE);
        isHarmless();
    }

    @Test
    void whatWasWrittenAsMarkdownIsReadSoAndHidesNothing() throws Exception {
        append("markdown", """
                # A plan

                With **weight**, a [name](https://other.example/a), [none](javascript:alert(1)), <b>markup</b> and
                ![a picture](https://other.example/pixel.png "its title").

                [//]: # (said to nobody)

                - one
                - two

                | tool | result |
                |---|---|
                | search | *3* |

                ```js
                <script>window.harmed = 1</script>
                ```
                """, 1);
        append("markdown", "| one |\n|---|\n| a | a cell without a column |\n", 2);
        append("markdown", ">".repeat(500) + " very deep", 3);
        append("markdown", "> a | b\n> ---|---\n> c | d | beyond the columns\n", 4);
        append("markdown", "[https://other.example/](https://other.example/ \"title of a link\")", 5);
        append("markdown", "data:;base64,These are words, and no picture.", 6);
        append("markdown", "|" + "a|".repeat(50) + "\n|" + "-|".repeat(50) + "\n" + "many rows\n".repeat(1_000), 7);
        browser.open("#/sessions/markdown");
        browser.awaitText("A plan");
        browser.awaitText("very deep");
        browser.awaitText("many rows");
        assertThat(browser.count(".markdown li")).isEqualTo(2);
        assertThat(browser.count(".markdown td em")).isEqualTo(1);
        assertThat(browser.text())
                .contains("name (https://other.example/a)")
                .contains("[none](javascript:alert(1))")
                .contains("<b>markup</b>")
                .contains("picture a picture (https://other.example/pixel.png, its title, not loaded)")
                .contains("[//]: # (said to nobody)")
                .contains("<script>window.harmed = 1</script>")
                .contains("| a | a cell without a column |")
                .contains("beyond the columns")
                .contains("title of a link")
                .contains("These are words, and no picture.");
        assertThat(browser.count(".markdown td")).isEqualTo(2);
        isHarmless();
        isUsableByAll();
        browser.click("a[href$='text=written']");
        browser.awaitText("**weight**");
        assertThat(browser.count(".markdown")).isZero();
        isHarmless();
    }

    private void isHarmless() {
        assertThat(browser.script("return String(window.harmed)")).isEqualTo("undefined");
        assertThat(browser.count("main script, main img, main iframe, main style"))
                .isZero();
    }

    @Test
    void aNarrowScreenIsEnough() {
        browser.narrow(320, 700);
        try {
            for (String page : List.of("#/", "#/sessions", SESSION, SESSION + "?view=timeline", "#/events/" + EVENT)) {
                browser.open(page);
                browser.awaitElement("h1");
                assertThat(browser.outside()).as(page).isEmpty();
            }
        } finally {
            browser.wide();
        }
    }

    private void append(String session, String text, int number) {
        ObjectNode event = Json.MAPPER
                .createObjectNode()
                .put("event_id", UUID.randomUUID().toString())
                .put("event_type", "llm.chat")
                .put("occurred_at", "2026-11-01T10:00:0" + number + "Z")
                .put("session_id", session)
                .put("agent_id", number == 2 ? TURNED.replace("\u0001", "") : HOSTILE)
                .put("trace_id", "t")
                .put("tool_name", HOSTILE);
        event.putObject("payload").put("content", text).put(HOSTILE, HOSTILE);
        String ignored = caller.append(event);
    }
}
