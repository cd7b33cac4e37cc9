// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** Every page of the console in both colours, with the keyboard only, on paper, and on a small and a large screen. */
class ConsoleEveryoneE2eIT extends ShownConsole {
    private static final String SESSION = "#/sessions/research-heat-pumps";
    private static final String EVENT = "47110000-5a3e-4c0d-8e11-000000000004";
    private static final List<String> PAGES = List.of(
            "#/",
            "#/sessions",
            SESSION,
            SESSION + "?view=timeline",
            SESSION + "?view=tree",
            SESSION + "?view=table",
            "#/events/" + EVENT,
            "#/lineage/" + EVENT,
            "#/compare/support-4711/research-heat-pumps",
            "#/operations",
            "#/persons",
            "#/key",
            "#/nothing");

    /** Pages with all kinds of parts. */
    private static final List<String> WITH_KEYS = List.of(
            "#/", "#/sessions", "#/sessions/support-4711?view=timeline", "#/lineage/" + EVENT, "#/operations", "#/key");

    private static final int MOST_TABS = 150;

    @TempDir
    private static Path dataDir = Path.of("");

    @BeforeAll
    void begin() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        importSample(distribution);
        show(distribution);
    }

    /** Until nothing is waited for any more. */
    private void open(String page) {
        browser.open(page);
        browser.awaitElement("main h1");
        browser.await(
                () -> !browser.text()
                        .matches("(?s).*(Waiting for|events have come|Looking for|Reading both|is being read).*"),
                page + " is there");
    }

    @Test
    void nothingKeepsAnybodyFromUsingItInEitherColour() {
        for (String page : PAGES) {
            open(page);
            for (boolean isDark : List.of(true, false)) {
                browser.dark(isDark);
                assertThat(browser.obstacles())
                        .as(page + (isDark ? " in dark" : " in light"))
                        .isEmpty();
            }
            assertThat(browser.count("h1")).as(page).isEqualTo(1);
            assertThat(browser.count("header.banner nav[aria-label]")).as(page).isEqualTo(1);
        }
    }

    @Test
    void theKeyboardReachesAllAndShowsWhereItIs() {
        for (String page : WITH_KEYS) {
            open(page);
            browser.reload();
            open(page);
            assertThat(reached(page)).as(page).containsAll(reachable());
        }
    }

    /** Presses Tab until the page ends; what has the focus must be seen to have it. */
    private SequencedSet<String> reached(String page) {
        SequencedSet<String> reached = new LinkedHashSet<>();
        for (int tab = 0; tab < MOST_TABS; tab++) {
            browser.press(Keys.TAB);
            List<String> focused = browser.texts("""
                    const one = document.activeElement;
                    if (one === document.body) {
                      return [];
                    }
                    const box = one.getBoundingClientRect();
                    const style = getComputedStyle(one);
                    const ring = one.querySelector(':scope > rect');
                    const isMarked = ring ? getComputedStyle(ring).strokeWidth === '3px'
                        : style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
                    const isSeen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
                    one.dataset.reached ??= String(performance.now());
                    return [one.dataset.reached, String(isMarked && isSeen), one.outerHTML.slice(0, 120)];
                    """);
            // A field for a time has a stop for each of its parts.
            boolean isFirst = !focused.isEmpty()
                    && !reached.isEmpty()
                    && focused.getFirst().equals(reached.getFirst());
            if (focused.isEmpty() || (isFirst && reached.size() > 1)) {
                break;
            }
            reached.add(focused.getFirst());
            assertThat(focused.get(1)).as(page + ": " + focused.get(2)).isEqualTo("true");
        }
        return reached;
    }

    /** All that can be used with a mouse. */
    private List<String> reachable() {
        return browser.texts("""
                return [...document.querySelectorAll('a[href], button:enabled, input, select, summary')]
                    .filter((one) => one.checkVisibility() && one.getClientRects().length > 0)
                    .map((one) => one.dataset.reached ?? one.outerHTML.slice(0, 120));
                """);
    }

    @Test
    void theFirstTabLeadsToTheContent() {
        open("#/sessions");
        browser.reload();
        open("#/sessions");
        browser.press(Keys.TAB);
        assertThat(browser.texts("return [document.activeElement.textContent]")).containsExactly("To the content");
        browser.press(Keys.ENTER);
        assertThat(browser.texts("return [document.activeElement.tagName]")).containsExactly("MAIN");
        // From there the arrows lead into the list, and Enter into a session.
        browser.awaitElement(".sessions-grid .rows-window a");
        browser.awaitElement(".sessions-grid").sendKeys(Keys.ARROW_DOWN);
        browser.press(Keys.ENTER);
        browser.await(() -> browser.hash().startsWith("#/sessions/"), "a session");
    }

    @Test
    void onPaperAllIsThere() {
        for (String page : PAGES) {
            open(page);
            browser.dark(true);
            browser.paper(true);
            assertThat(browser.texts("""
                            return [...document.querySelectorAll('.view, .grid, .timeline-rows, .lineage-place, .detail-place, .compare-place')]
                                .filter((box) => box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).overflowY !== 'visible')
                                .map((box) => box.className);
                            """)).as(page).isEmpty();
            assertThat(browser.texts("return [getComputedStyle(document.documentElement).backgroundColor]"))
                    .as(page)
                    .containsExactly("rgb(255, 255, 255)");
            browser.paper(false);
        }
        // A screen with room for some of the rows only.
        browser.narrow(1_400, 420);
        open(SESSION + "?view=table");
        browser.paper(true);
        browser.await(() -> browser.count(".rows-window .row") == 16, "all rows");
        browser.paper(false);
        browser.wide();
        browser.dark(false);
    }

    @Test
    void smallAndLargeScreensAreEnough() {
        for (int width : new int[] {320, 3_840}) {
            browser.narrow(width, 2_160);
            for (String page : PAGES) {
                open(page);
                assertThat(browser.outside()).as(page + " on " + width).isEmpty();
            }
        }
        open(SESSION);
        browser.awaitElement(".words");
        assertThat(((Number)
                                browser.script(
                                        "return Math.max(...[...document.querySelectorAll('.words')].map((one) => one.clientWidth))"))
                        .intValue())
                .as("no line is longer than the eye follows")
                .isLessThan(1_400);
        browser.wide();
    }
}
