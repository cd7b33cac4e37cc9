// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The timeline of a session of a day, from end to end, and of sessions with times that are odd. */
class ConsoleTimelineE2eIT extends ShownConsole {
    private static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant END = BEGIN.plus(Duration.ofDays(1)).plusSeconds(90);
    private static final int EVENTS = 200;
    private static final Pattern FOCUS = Pattern.compile("from=(\\d+)&to=(\\d+)");
    private static final String ROWS = ".timeline-rows .row";

    @TempDir
    private static Path dataDir = Path.of("");

    @BeforeAll
    void begin() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        ConsoleEvents events = new ConsoleEvents();
        for (int n = 0; n < EVENTS; n++) {
            // A day; in its middle nothing happens for ten hours.
            Duration since = Duration.ofMinutes(n < EVENTS / 2 ? n * 4L : 24 * 60 - (EVENTS - 1 - n) * 4L);
            events.add(n, "day", BEGIN.plus(since).toString())
                    .put("ended_at", BEGIN.plus(since).plusSeconds(90).toString());
        }
        events.add(1_000, "one", "2026-03-01T10:00:00Z");
        for (int n = 0; n < 5; n++) {
            events.add(1_100 + n, "moment", "2026-03-01T10:00:00Z");
        }
        events.add(1_200, "back", "2026-03-01T10:00:10Z");
        events.add(1_201, "back", "2026-03-01T10:00:08Z", 1_200).put("ended_at", "2026-03-01T10:00:09Z");
        events.add(1_202, "back", "2026-03-01T10:00:02Z", 1_201);
        events.add(1_300, "decades", "1970-01-02T00:00:00Z");
        events.add(1_301, "decades", "2026-03-01T00:00:00Z");
        events.append(distribution, dataDir);
        show(distribution);
    }

    @AfterEach
    void nothingWasComplainedOf() {
        assertThat(browser.complaints()).isEmpty();
    }

    private void open(String session, int events) {
        browser.open("#/sessions/" + session + "?view=timeline");
        browser.awaitText(events + " of " + events + " events");
    }

    /** What is looked at; the whole where the address names no time. */
    private Duration focus() {
        Matcher focus = FOCUS.matcher(browser.hash());
        return focus.find()
                ? Duration.ofMillis(Long.parseLong(focus.group(2)) - Long.parseLong(focus.group(1)))
                : Duration.between(BEGIN, END);
    }

    @Test
    void aDayIsReachedFromEndToEnd() {
        open("day", EVENTS);
        assertThat(browser.text()).contains("nothing for 10 h");
        assertThat(browser.count(".timeline-overview .gap")).isEqualTo(1);
        browser.awaitElement(".timeline-rows").sendKeys("+", "+", "+", "+");
        browser.await(() -> focus().compareTo(Duration.ofMinutes(91)) < 0, "an hour and a half");
        browser.awaitElement(".timeline-rows")
                .sendKeys(Keys.ARROW_LEFT.toString().repeat(40));
        browser.await(() -> browser.hash().contains("from=" + BEGIN.toEpochMilli() + "&"), "the begin");
        browser.await(() -> browser.count("#time-0") == 1, "the first event");
        browser.awaitElement(".timeline-rows")
                .sendKeys(Keys.ARROW_RIGHT.toString().repeat(70));
        browser.await(() -> browser.hash().endsWith("to=" + END.toEpochMilli()), "the end");
        browser.await(() -> browser.count("#time-" + (EVENTS - 1)) == 1, "the last event");
        browser.awaitElement(".timeline-rows").sendKeys("0");
        browser.awaitText(EVENTS + " of " + EVENTS + " events");
    }

    @Test
    void oneLooksFromADayDownToMilliseconds() {
        open("day", EVENTS);
        browser.awaitElement(".timeline-rows").sendKeys("+".repeat(30));
        browser.await(() -> focus().toMillis() == 10, "ten milliseconds");
        assertThat(browser.text()).containsPattern("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} to .*, 10 ms");
        browser.awaitElement(".timeline-rows").sendKeys("-".repeat(30));
        browser.await(() -> !browser.hash().contains("from="), "the whole again");
        browser.zoomByWheel(".timeline-rows");
        browser.await(() -> focus().compareTo(Duration.ofHours(20)) < 0, "a fifth less");
        assertThat(focus()).isGreaterThan(Duration.ofHours(19));
    }

    @Test
    void draggingChoosesATimeAndMovesIt() {
        open("day", EVENTS);
        browser.drag(".timeline-overview", 0.0, 0.25);
        browser.await(() -> browser.hash().contains("from="), "a time is chosen");
        assertThat(focus()).isBetween(Duration.ofMinutes(5 * 60 + 45), Duration.ofMinutes(6 * 60 + 15));
        assertThat(browser.hash()).contains("from=" + BEGIN.toEpochMilli() + "&");
        assertThat(browser.count("#time-0")).isEqualTo(1);
        Duration chosen = focus();
        browser.drag(".timeline-overview", 0.1, 0.9);
        browser.await(() -> browser.hash().endsWith("to=" + END.toEpochMilli()), "it is moved to the end");
        assertThat(focus()).isBetween(chosen.minusSeconds(1), chosen.plusSeconds(1));
        String moved = browser.hash();
        // The links to the other views lead to the same time, and back.
        browser.click(".views a:nth-of-type(4)");
        browser.awaitElement(".view-table .row");
        browser.click(".views a:nth-of-type(2)");
        browser.awaitElement(ROWS);
        assertThat(browser.hash()).contains(moved.substring(moved.indexOf("from=")));
        // Another time in the address is another view of the same page.
        browser.script("location.hash = '#/sessions/day?view=timeline&from=" + BEGIN.toEpochMilli() + "&to="
                + BEGIN.plusSeconds(600).toEpochMilli() + "'");
        browser.awaitText("3 of " + EVENTS + " events");
    }

    @Test
    void oddTimesAreShown() {
        open("one", 1);
        assertThat(browser.count(ROWS)).isEqualTo(1);
        browser.awaitText("10 ms");
        browser.click(ROWS);
        browser.awaitText("Open this event");
        browser.click(".timeline-tools button:last-child");
        open("moment", 5);
        assertThat(browser.count(ROWS)).isEqualTo(5);
        assertThat(browser.count(".timeline-overview .gap")).isZero();
        open("back", 3);
        assertThat(browser.count(ROWS)).isEqualTo(3);
        assertThat(browser.texts(
                        "return [...document.querySelectorAll('rect')].map((one) => one.getAttribute('width'))"))
                .noneMatch(width -> width.startsWith("-") || width.equals("NaN"));
        open("decades", 2);
        assertThat(browser.count(".axis line")).isBetween(2, 8);
        assertThat(browser.text()).contains("1980");
    }
}
