// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Traces of other frameworks in all views of the console: those that {@code CG_TRACES_DIR} names, else small ones of the same shapes. */
class ConsoleTracesE2eIT extends ShownConsole {
    private static final List<String> VIEWS = List.of("conversation", "timeline", "tree", "table");
    private static final int SESSIONS = 16;
    private static final int WITH_AXE = 3;

    @TempDir
    private static Path dataDir = Path.of("");

    private ConsoleCaller caller;
    private List<JsonNode> sessions = List.of();

    @BeforeAll
    void begin() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        // Some of the files are refused in part, which is said.
        assertThat(distribution.run("import", Distribution.traces().toString()).exitCode())
                .isIn(0, 4);
        show(distribution);
        caller = opened(new ConsoleCaller(server.address(), ""));
        sessions = spread(caller.get("/v1/sessions?limit=200").get("sessions"));
    }

    /** Some of many: files follow each other by the framework that wrote them. */
    private static List<JsonNode> spread(JsonNode all) {
        List<JsonNode> some = new ArrayList<>();
        double step = Math.max(1, (double) all.size() / SESSIONS);
        for (double at = 0; at < all.size(); at += step) {
            some.add(all.get((int) at));
        }
        return some;
    }

    private String encoded(String id) {
        return browser.texts("return [encodeURIComponent(" + Json.MAPPER.writeValueAsString(id) + ")]")
                .getFirst();
    }

    private static String rows(String view) {
        return view.equals("conversation")
                ? ".said, .spans"
                : view.equals("timeline") ? ".timeline-rows .row" : ".rows-window .row";
    }

    private void isWhole(String what) {
        assertThat(browser.outside()).as(what).isEmpty();
        assertThat(browser.foreign()).as(what).isEmpty();
        // The browser logs answers of 404: nothing is archived, and causes that spans name may never have been
        // recorded.
        assertThat(browser.complaints())
                .as(what)
                .allMatch(complaint -> complaint.contains("status of 404")
                        && (complaint.contains("/v1/admin/archives")
                                || (what.startsWith("lineage") && complaint.contains("/v1/events/"))));
    }

    private void isUsableByAll(String what) {
        for (boolean isDark : List.of(false, true)) {
            browser.dark(isDark);
            assertThat(browser.obstacles())
                    .as(what + (isDark ? " in dark" : ""))
                    .isEmpty();
        }
        browser.dark(false);
    }

    @Test
    void everySessionIsShownInEveryView() throws Exception {
        assertThat(sessions).hasSizeGreaterThan(SESSIONS / 2);
        for (int at = 0; at < sessions.size(); at++) {
            String id = sessions.get(at).get("session_id").stringValue();
            long events = sessions.get(at).get("event_count").longValue();
            for (String view : VIEWS) {
                browser.open("#/sessions/" + encoded(id) + "?view=" + view);
                browser.awaitText(events == 1 ? "1 event" : String.format("%,d events", events));
                browser.await(() -> browser.count(rows(view)) > 0, id + " as " + view);
                isWhole(id + " as " + view);
                if (at < WITH_AXE) {
                    isUsableByAll(id + " as " + view);
                }
            }
        }
    }

    @Test
    void whatFailedAndWhatWasUsedIsToldAsItIsRecorded() throws Exception {
        for (JsonNode session : sessions) {
            String id = session.get("session_id").stringValue();
            int failed = 0;
            for (JsonNode event : caller.get("/v1/events?limit=1000&session_id=" + encoded(id))
                    .get("events")) {
                failed += event.path("status").asString("").matches("failed|timeout") ? 1 : 0;
            }
            browser.open("#/sessions/" + encoded(id));
            browser.awaitText(failed == 1 ? "1 failure" : failed + " failures");
            browser.await(() -> browser.count(".facts") == 1 && !browser.text().contains("have come"), "all of " + id);
            assertThat(browser.text()).as(id).doesNotContain("NaN").doesNotContain("undefined tokens");
        }
    }

    @Test
    void eventsTheirCausesAndTwoSessionsAreShown() throws Exception {
        String before = sessions.getLast().get("session_id").stringValue();
        for (JsonNode session : sessions) {
            String id = session.get("session_id").stringValue();
            String event = caller.get("/v1/events?limit=3&session_id=" + encoded(id))
                    .get("events")
                    .get(0)
                    .get("event_id")
                    .stringValue();
            browser.open("#/events/" + event);
            browser.awaitText("On record");
            browser.awaitElement(".json");
            isWhole("event " + event);
            browser.open("#/lineage/" + event);
            browser.awaitElement("svg.lineage .node.start");
            isWhole("lineage of " + event);
            browser.open("#/compare/" + encoded(id) + "/" + encoded(before));
            browser.awaitText("beside each other");
            isWhole(id + " beside " + before);
            if (session.equals(sessions.getFirst())) {
                isUsableByAll("two sessions");
            }
            before = id;
        }
    }

    @Test
    void screensOfAllSizesAreEnough() {
        String id = encoded(sessions.getFirst().get("session_id").stringValue());
        for (int width : new int[] {320, 1_400, 3_840}) {
            browser.narrow(width, width * 9 / 16 + 400);
            for (String view : VIEWS) {
                browser.open("#/sessions/" + id + "?view=" + view);
                browser.await(() -> browser.count(rows(view)) > 0, view);
                isWhole(view + " on " + width);
            }
        }
        browser.wide();
    }
}
