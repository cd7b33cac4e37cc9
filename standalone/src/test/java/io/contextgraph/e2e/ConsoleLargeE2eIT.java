// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.FormatMethod;
import io.contextgraph.event.Json;
import io.contextgraph.testing.Extent;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is large in the console: a session of a whole day, payloads of five megabytes, and all that a browser loads; figures are printed. */
class ConsoleLargeE2eIT extends ShownConsole {
    private static final int EVENTS = Extent.CONSOLE_EVENTS.value();
    private static final Duration DAY = Duration.ofHours(24);
    private static final int PAYLOAD_BYTES = 5_000_000;
    private static final int ASSET_BYTES = 600_000;

    /** The more of a payload were made at once, the longer the page would stand still. */
    private static final int MOST_ELEMENTS = 4_000;

    private static final UUID FIRST = new UUID(3, 1);
    private static final UUID LAST = new UUID(3, EVENTS);

    private static final List<String> PAGES = List.of(
            "#/",
            "#/sessions",
            "#/sessions/heavy?view=conversation",
            "#/sessions/heavy?view=timeline",
            "#/sessions/heavy?view=tree",
            "#/sessions/heavy?view=table",
            "#/events/" + FIRST,
            "#/lineage/" + FIRST,
            "#/compare/heavy/heavy",
            "#/operations",
            "#/persons",
            "#/key");

    private static final String LONGEST_TASK = """
            window.longestTask = 0;
            new PerformanceObserver((tasks) => tasks.getEntries().forEach((task) => {
              window.longestTask = Math.max(window.longestTask, task.duration);
            })).observe({type: 'longtask', buffered: true});
            """;

    @TempDir
    private static Path folder = Path.of("");

    @BeforeAll
    void begin() throws Exception {
        Distribution distribution = new Distribution(folder.resolve("data")).with("--limits.event=8mb");
        Distribution.Result imported = distribution.run(
                "import",
                day(folder.resolve("day.ndjson")).toString(),
                heavy(folder.resolve("heavy.ndjson")).toString());
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        show(distribution);
        browser.beforeEachPage(LONGEST_TASK);
    }

    @AfterEach
    void nothingWasComplainedOf() {
        // The browser logs answers of 404, also where the console says that nothing is archived or kept.
        assertThat(browser.complaints())
                .allMatch(complaint -> complaint.contains("/v1/admin/") && complaint.contains("status of 404"));
    }

    /** Events over a day, the last at its end, each the cause of the next for a while. */
    private static Path day(Path file) throws IOException {
        Instant begin = Instant.parse("2026-02-01T00:00:00Z");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int n = 1; n <= EVENTS; n++) {
                ObjectNode event = ConsoleCaller.event("day", "What event " + n + " says.")
                        .put("event_id", new UUID(3, n).toString())
                        .put("event_type", n % 3 == 0 ? "tool.execute" : "llm.chat")
                        .put(
                                "occurred_at",
                                begin.plus(DAY.multipliedBy(n - 1).dividedBy(EVENTS - 1))
                                        .toString())
                        .put("status", n % 500 == 0 ? "failed" : "completed");
                if (n % 50 != 1) {
                    event.put("parent_event_id", new UUID(3, n - 1).toString());
                }
                out.write(event + "\n");
            }
        }
        return file;
    }

    /** What kinds of large payloads there are. */
    private enum Heavy {
        TEXT(1),
        ENTRIES(2),
        TURNS(3),
        BINARY(4);

        private final int number;

        Heavy(int number) {
            this.number = number;
        }

        private ObjectNode event() {
            ObjectNode event = HuntRequests.event("heavy")
                    .put("event_id", id())
                    .put("occurred_at", "2026-02-02T00:00:0" + number + "Z");
            ObjectNode payload = event.putObject("payload");
            switch (this) {
                case TEXT -> payload.put("content", "many words ".repeat(PAYLOAD_BYTES / 11));
                case ENTRIES -> {
                    ObjectNode entries = payload.put("content", "many entries").putObject("result");
                    for (int n = 0; n < PAYLOAD_BYTES / 50; n++) {
                        entries.put("entry-%08d".formatted(n), "what the entry has, of some");
                    }
                }
                case TURNS -> {
                    ArrayNode turns = payload.putArray("messages");
                    for (int n = 0; n < PAYLOAD_BYTES / 100; n++) {
                        turns.addObject()
                                .put("role", "user")
                                .put(
                                        "content",
                                        "What was said in turn %08d, and that was not short at all.".formatted(n));
                    }
                }
                case BINARY ->
                    payload.put("content", "data:application/octet-stream;base64," + "QUJD".repeat(PAYLOAD_BYTES / 4));
            }
            return event;
        }

        private String id() {
            return new UUID(4, number).toString();
        }
    }

    private static Path heavy(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (Heavy one : Heavy.values()) {
                out.write(Json.MAPPER.writeValueAsString(one.event()) + "\n");
            }
        }
        return file;
    }

    @Test
    void aSessionOfADayIsReachedEndToEnd() {
        for (String view : List.of("conversation", "timeline", "tree", "table")) {
            browser.open("#/sessions/day?view=" + view);
            browser.reload();
            browser.await(() -> browser.count(ConsoleSizeE2eIT.rows(view)) > 0, "the first screen");
            double first = ConsoleSizeE2eIT.now(browser);
            browser.awaitText(String.format(Locale.ROOT, "\n%,d events\n", EVENTS));
            double all = ConsoleSizeE2eIT.now(browser);
            told("%s of a session of %d events: first %.0f ms, all %.0f ms", view, EVENTS, first, all);
            assertThat(browser.text()).contains("24 h 0 min");
            for (double part : List.of(0.3, 1.0, 0.6, 0.0)) {
                assertThat(ConsoleSizeE2eIT.isFilled(browser, view, part))
                        .as(view + " at " + part)
                        .isEqualTo(true);
            }
            browser.click(".failures button");
            browser.await(() -> browser.hash().contains(new UUID(3, 500).toString()), "the first failure");
            browser.press("k");
            browser.await(() -> browser.hash().contains(new UUID(3, 499).toString()), "the event before");
        }
        browser.open("#/sessions/day?view=timeline");
        browser.awaitElement(".timeline-rows").sendKeys(Keys.END);
        browser.await(() -> browser.hash().contains(LAST.toString()), "the last event");
        browser.await(() -> Boolean.TRUE.equals(browser.script(isInSight())), "its bar at the end of the day");
        browser.awaitElement(".timeline-rows").sendKeys(Keys.HOME);
        browser.await(() -> browser.hash().contains(FIRST.toString()), "the first event");
        browser.await(() -> Boolean.TRUE.equals(browser.script(isInSight())), "its bar at the beginning");
        browser.awaitElement(".timeline-rows").sendKeys(Keys.END, "+", "+", "+");
        browser.await(() -> browser.hash().contains("from="), "a part of the day");
        told("longest task in a session of %d events: %.0f ms", EVENTS, longestTask());
    }

    /** Whether the bar of the selected event is within the rows that are seen. */
    private static String isInSight() {
        return """
                const bar = document.querySelector('.row.selected .bar, .row.selected .bar-begin')?.getBoundingClientRect();
                const rows = document.querySelector('.timeline-rows').getBoundingClientRect();
                return bar !== undefined && bar.top >= rows.top - 1 && bar.bottom <= rows.bottom + 1
                    && bar.right >= rows.left && bar.left <= rows.right;
                """;
    }

    @Test
    void aLargePayloadNeverBlocks() {
        for (Heavy one : Heavy.values()) {
            browser.open("#/events/" + one.id());
            browser.reload();
            browser.awaitElement("section[aria-labelledby=payload-title] .json");
            settled(one + " on its page");
            browser.open("#/sessions/heavy?view=table&event=" + one.id());
            browser.reload();
            browser.awaitElement(".detail-place .json");
            settled(one + " beside its session");
        }
        browser.open("#/sessions/heavy");
        browser.reload();
        browser.await(() -> browser.count(".said") == Heavy.values().length, "all of them");
        browser.awaitText("many entries");
        settled("all as a conversation");
        browser.awaitElement("#find-inside").sendKeys("words");
        browser.awaitText("1 found");
        settled("all as a conversation, searched");
        browser.open("#/events/" + Heavy.TEXT.id());
        browser.reload();
        browser.click("section[aria-labelledby=payload-title] .more button");
        browser.awaitText("characters are left");
        settled("more of a text");
    }

    /** Once it has come to rest: little was made, and how long the page stood still at most. */
    private void settled(String what) {
        browser.await(
                () -> Boolean.TRUE.equals(
                        browser.script(
                                "return window.isAtRest ??= void requestIdleCallback(() => window.isAtRest = true, {timeout: 1000})")),
                "rest");
        browser.script("window.isAtRest = undefined");
        int elements = browser.count("main *");
        told("%s: longest task %.0f ms, %d elements", what, longestTask(), elements);
        assertThat(elements).as(what).isLessThan(MOST_ELEMENTS);
    }

    private double longestTask() {
        return ((Number) browser.script("return window.longestTask")).doubleValue();
    }

    @Test
    void allThatABrowserLoadsIsSmall() {
        // One that has nothing yet.
        try (ConsoleBrowser visitor = new ConsoleBrowser(server.address())) {
            for (String page : PAGES) {
                visitor.open(page);
                visitor.awaitElement("main h1");
            }
            long files = sum(visitor, "1");
            long packed = sum(visitor, "one.encodedBodySize");
            long plain = sum(visitor, "one.decodedBodySize");
            told("%d files of %d bytes, %d compressed", files, plain, packed);
            assertThat(sum(visitor, "new URL(one.name).origin === location.origin ? 0 : 1"))
                    .isZero();
            assertThat(files).isGreaterThan(40);
            assertThat(packed).isGreaterThan(plain / 10).isLessThan(plain).isLessThan(ASSET_BYTES);
        }
    }

    /** Of all that was loaded besides answers. */
    private static long sum(ConsoleBrowser visitor, String what) {
        return ((Number) visitor.script("""
                return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
                    .filter((one) => !new URL(one.name).pathname.startsWith('/v1/'))
                    .reduce((sum, one) => sum + (%s), 0);
                """.formatted(what))).longValue();
    }

    @FormatMethod
    private static void told(String format, Object... values) {
        System.out.println("console: " + String.format(Locale.ROOT, format, values));
    }
}
