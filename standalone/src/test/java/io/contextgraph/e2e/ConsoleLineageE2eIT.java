// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import tools.jackson.databind.JsonNode;

/** Causes and effects over sessions: what is missing, what is long, what is wide, and what is saved of them. */
class ConsoleLineageE2eIT extends ShownConsole {
    private static final String TIME = "2026-03-01T10:00:00Z";
    private static final int CHAIN = 60;
    private static final int FAN = 300;
    private static final int FIRST_OF_CHAIN = 1_000;
    private static final int HUB = 2_000;
    private static final String NODES = "svg.lineage .node";

    /** A name that could end an element, has a character that XML does not know, and no end. */
    private static final String NAME = "<script>&\"'</svg>\uffff" + "W".repeat(200);

    @TempDir
    private static Path dataDir = Path.of("");

    @BeforeAll
    void begin() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        ConsoleEvents events = new ConsoleEvents();
        events.add(1, "first", TIME, 999_999);
        events.add(2, "second", TIME, 1);
        events.add(3, "third", TIME, 2).put("tool_name", NAME);
        for (int n = 0; n < CHAIN; n++) {
            String session = "chain-" + n % 2;
            if (n == 0) {
                events.add(FIRST_OF_CHAIN, session, TIME);
            } else {
                events.add(FIRST_OF_CHAIN + n, session, TIME, FIRST_OF_CHAIN + n - 1);
            }
        }
        events.add(HUB - 1, "hub", TIME);
        events.add(HUB, "hub", TIME, HUB - 1);
        for (int n = 1; n <= FAN; n++) {
            events.add(HUB + n, "fan", TIME, HUB);
        }
        events.append(distribution, dataDir);
        show(distribution);
    }

    private void open(long event, String query) {
        browser.open("#/lineage/" + ConsoleEvents.id(event) + query);
        browser.awaitElement(NODES);
    }

    private void has(int nodes) {
        browser.await(() -> browser.count(NODES) == nodes, nodes + " events");
    }

    @Test
    void aCauseThatIsNotThereIsSaidToBeMissing() {
        open(1, "?depth=1");
        browser.await(() -> browser.count(NODES + ".missing") == 1, "the cause of the first");
        assertThat(browser.text()).contains("missing: never recorded");
        // Two steps from here: the cause of the cause has been asked for, too.
        open(2, "?direction=ancestors&depth=2");
        browser.await(() -> browser.count(NODES + ".missing") == 1, "the cause before");
        has(3);
        open(3, "?direction=ancestors&depth=1");
        has(2);
        assertThat(browser.count(NODES + ".missing")).isZero();
        // The browser logs that the event is not there.
        assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("status of 404"));
    }

    @Test
    void causesAreFollowedOverSessions() {
        open(3, "?direction=ancestors&depth=2");
        has(3);
        browser.click(NODES + "[data-id='" + ConsoleEvents.id(2) + "']");
        browser.await(() -> browser.count("aside a[href='#/sessions/second']") == 1, "the session of the cause");
        browser.open("#/sessions/second?view=tree");
        browser.awaitText("cause elsewhere");
        browser.open("#/sessions/second?view=table&event=" + ConsoleEvents.id(2));
        browser.awaitText("not among these events");
    }

    @Test
    void aLongChainIsDrawnWhole() {
        open(FIRST_OF_CHAIN + CHAIN - 1, "?direction=ancestors&depth=" + CHAIN);
        has(CHAIN);
        browser.awaitText((CHAIN - 1) + " recorded causes");
        assertThat(browser.outside()).isEmpty();
    }

    @Test
    void aWideFanSaysWhatItDoesNotShow() {
        open(HUB, "?direction=descendants&depth=1");
        browser.awaitText("There are more events than are shown");
        has(100);
        for (int more : new int[] {200, 300, FAN + 1}) {
            browser.click(".note button");
            has(more);
        }
        assertThat(browser.text()).doesNotContain("There are more events than are shown");
        // The same, from an event that is not the first.
        open(HUB - 1, "?direction=descendants&depth=1");
        has(2);
        browser.click(NODES + ":not(.start)");
        browser.awaitText("Begin here");
        browser.click("aside button:not(:disabled)");
        browser.awaitText("Show more of its effects");
        while (browser.text().contains("Show more of its effects")) {
            int before = browser.count(NODES);
            browser.click("aside button:not(:disabled)");
            browser.await(() -> browser.count(NODES) > before, "more than " + before);
        }
        has(FAN + 2);
    }

    @Test
    void whatIsSavedIsWhole() throws Exception {
        Path folder = Files.createTempDirectory(dataDir, "saved");
        browser.saveTo(folder);
        browser.dark(true);
        open(2, "?depth=1");
        has(3);
        browser.await(() -> browser.text().contains("2 recorded causes"), "its edges");
        Document drawing = svg(saved(folder, "Save as SVG", ".svg"));
        assertThat(drawing.getElementsByTagName("script").getLength()).isZero();
        assertThat(drawing.getElementsByTagName("g").getLength()).isEqualTo(3);
        assertThat(drawing.getElementsByTagName("path").getLength()).isEqualTo(2);
        String text = drawing.getDocumentElement().getTextContent();
        assertThat(text).contains("<script>&\"'</svg>").contains("U+FFFF");
        // Light letters stand on a dark ground.
        assertThat(drawing.getElementsByTagName("rect")
                        .item(0)
                        .getAttributes()
                        .getNamedItem("fill")
                        .getNodeValue())
                .isEqualTo("rgb(20, 23, 28)");
        JsonNode graph = Json.MAPPER.readTree(Files.readString(saved(folder, "Save as JSON", ".json")));
        assertThat(graph.get("start").stringValue()).isEqualTo(ConsoleEvents.id(2));
        assertThat(graph.get("nodes").propertyNames())
                .containsExactlyInAnyOrder(ConsoleEvents.id(1), ConsoleEvents.id(2), ConsoleEvents.id(3));
        assertThat(graph.get("edges").size()).isEqualTo(2);
        browser.dark(false);
    }

    private Path saved(Path folder, String button, String ending) {
        browser.script(
                "[...document.querySelectorAll('button')].find((one) => one.textContent === '" + button + "').click()");
        Path file = folder.resolve("lineage-" + ConsoleEvents.id(2) + ending);
        browser.await(() -> Files.exists(file), button);
        return file;
    }

    private static Document svg(Path file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        try (var in = Files.newInputStream(file)) {
            return factory.newDocumentBuilder().parse(in);
        } catch (IOException e) {
            throw new AssertionError(Files.readString(file), e);
        }
    }
}
