// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Skips;
import io.contextgraph.testing.TestPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events as they come, over a server that ends and comes back: none is lost, and none is shown twice. */
class ConsoleStreamE2eIT {
    private static final String TIME = "2026-03-01T10:00:00Z";

    @TempDir
    private Path dataDir = Path.of("");

    @BeforeAll
    static void look() {
        Skips.unless(ConsoleBrowser.isInstalled(), ConsoleStreamE2eIT.class, "no chromium with chromedriver");
    }

    @Test
    void theLiveEventsGoOnWhereTheyWere() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        Distribution atItsPort = distribution.with("--http.port=" + TestPorts.free());
        ConsoleEvents events = new ConsoleEvents();
        events.add(1, "before", TIME);
        events.append(distribution, dataDir);
        Distribution.Server first = atItsPort.serve();
        try (ConsoleBrowser browser = new ConsoleBrowser(first.address())) {
            browser.awaitText("connected");
            // It ends before the stream has brought anything.
            first.close();
            browser.awaitText("The connection broke off");
            events.add(2, "away", TIME);
            events.add(3, "away", TIME);
            events.append(distribution, dataDir);
            try (Distribution.Server second = atItsPort.serve()) {
                browser.await(() -> live(browser).size() == 2, "what came while nobody listened");
                events.add(4, "back", TIME);
                events.append(distribution, dataDir);
                browser.await(() -> live(browser).size() == 3, "what comes now");
                second.kill();
            }
            browser.awaitText("The connection broke off");
            events.add(5, "away again", TIME);
            events.append(distribution, dataDir);
            try (Distribution.Server third = atItsPort.serve()) {
                browser.await(() -> live(browser).size() == 4, "what came meanwhile");
                events.add(6, "at last", TIME);
                events.append(distribution, dataDir);
                browser.await(() -> live(browser).size() >= 5, "the last");
                assertThat(live(browser))
                        .containsExactly(
                                ConsoleEvents.id(6),
                                ConsoleEvents.id(5),
                                ConsoleEvents.id(4),
                                ConsoleEvents.id(3),
                                ConsoleEvents.id(2));
                assertThat(third.process().isAlive()).isTrue();
                followsASession(browser, distribution, events);
            }
        }
    }

    /** Also what has come between the page and the wish to follow. */
    private void followsASession(ConsoleBrowser browser, Distribution distribution, ConsoleEvents events)
            throws IOException {
        browser.open("#/sessions/before?view=table");
        browser.awaitText("1 event");
        browser.awaitElement(".view-table .row.failed, .view-table .rows-window .row");
        events.add(7, "before", TIME);
        events.append(distribution, dataDir);
        browser.script(
                "[...document.querySelectorAll('button')].find((one) => one.textContent.includes('Follow live')).click()");
        browser.awaitText("2 events");
        events.add(8, "before", TIME);
        events.append(distribution, dataDir);
        browser.awaitText("3 events");
        assertThat(browser.count(".view-table .rows-window .row")).isEqualTo(3);
    }

    /** Ids of the events that have come, the newest first. */
    private static List<String> live(ConsoleBrowser browser) {
        return browser.texts("return [...document.querySelectorAll('.live-events a.id')].map((link) => link.title)");
    }
}
