// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Skips;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A session of ten thousand events over a day: all of it can be reached, and there is never a blank row. */
class ConsoleSizeE2eIT {
    private static final int EVENTS = 10_000;

    @TempDir
    private Path dataDir = Path.of("");

    @BeforeAll
    static void look() {
        Skips.unless(ConsoleBrowser.isInstalled(), ConsoleSizeE2eIT.class, "no chromium with chromedriver");
    }

    @Test
    void aLongSessionIsReachedEndToEnd() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        Path file = events(dataDir.resolve("day.ndjson"));
        assertThat(distribution.run("import", file.toString()).exitCode()).isZero();
        try (Distribution.Server server = distribution.serve();
                ConsoleBrowser browser = new ConsoleBrowser(server.address())) {
            browser.awaitText("No key is asked for");
            for (String view : List.of("conversation", "timeline", "tree", "table")) {
                browser.open("#/sessions/day?view=" + view);
                browser.reload();
                browser.await(() -> browser.count(rows(view)) > 0, "the first screen");
                double first = now(browser);
                browser.await(() -> browser.text().contains("10,000 events"), "all");
                double all = now(browser);
                System.out.printf("console: %s of %d events: first %.0f ms, all %.0f ms%n", view, EVENTS, first, all);
                for (double part : List.of(0.2, 0.9, 0.5, 1.0, 0.0)) {
                    assertThat(isFilled(browser, view, part))
                            .as(view + " at " + part)
                            .isEqualTo(true);
                }
            }
            browser.open("#/sessions/day?view=timeline&event=" + new UUID(2, EVENTS));
            browser.awaitElement(".timeline-rows .row.selected");
            browser.open("#/sessions/day?view=conversation&event=" + new UUID(2, EVENTS / 2));
            browser.awaitElement(".said.selected");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    static double now(ConsoleBrowser browser) {
        return ((Number) browser.script("return performance.now()")).doubleValue();
    }

    static String rows(String view) {
        return view.equals("conversation") ? ".said" : ".rows-window [id]";
    }

    /** Jumps, and looks at what is there in the same frame. */
    static Object isFilled(ConsoleBrowser browser, String view, double part) {
        String box = view.equals("timeline") ? ".timeline-rows" : ".view";
        return browser.script("""
                const box = document.querySelector('%s');
                box.scrollTop = %s * (box.scrollHeight - box.clientHeight);
                box.dispatchEvent(new Event('scroll'));
                const {left, top, width, height} = box.getBoundingClientRect();
                return [0.2, 0.5, 0.8].every((at) =>
                    [0, 6, 12, 18].some((more) => document.elementFromPoint(left + width / 2, top + height * at + more)?.closest('.said, .spans, .row')));
                """.formatted(box, part));
    }

    /** Events of a day, with an hour in which nothing happens. */
    private static Path events(Path file) throws IOException {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int n = 1; n <= EVENTS; n++) {
                long second = n * 8L + (n > EVENTS / 2 ? 3_600 : 0);
                out.write("""
                        {"event_id": "%s", "event_type": "%s", "session_id": "day", "occurred_at": "%s", "ended_at": "%s",\
                         "agent_id": "agent-%d", "trace_id": "trace", "status": "%s", "parent_event_id": "%s",\
                         "payload": {"content": "What event %d says."}}
                        """.formatted(
                                new UUID(2, n),
                                n % 3 == 0 ? "tool.execute" : "llm.chat",
                                begin.plusSeconds(second),
                                begin.plusSeconds(second + 5),
                                n % 4,
                                n % 500 == 0 ? "failed" : "completed",
                                new UUID(2, n % 50 == 0 ? n / 50 : n - 1),
                                n));
            }
        }
        return file;
    }
}
