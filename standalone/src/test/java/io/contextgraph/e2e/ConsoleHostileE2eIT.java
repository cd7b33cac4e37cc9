// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Names and payloads that mean harm, in every view of the console: they stay text, and the page keeps its form. */
class ConsoleHostileE2eIT extends ShownConsole {
    private static final int LONGEST = 255;
    private static final String TIME = "2026-03-01T10:00:00Z";
    private static final String MARKUP = "<img src=x onerror=window.harmed=1><script>window.harmed=1</script>";

    /** What is to be read of each kind of name. */
    private static final Map<String, String> NAMES = new TreeMap<>(Map.ofEntries(
            Map.entry(long255(MARKUP), "<img src=x onerror"),
            Map.entry(long255("\u202eabc\u2066def\u200f"), "U+202Eabc"),
            Map.entry(long255("Z\u0351\u036b\u0343\u036a"), "Z\u0351"),
            Map.entry("\ud83d\udc69\u200d\ud83d\udcbb".repeat(51), "\ud83d\udc69\u200d\ud83d\udcbb"),
            Map.entry(long255("\u0645\u0631\u062d\u0628\u0627"), "\u0645\u0631\u062d"),
            Map.entry(long255("W"), "WWW"),
            Map.entry("   ", "U+0020"),
            Map.entry("\u00a0\u2003", "U+2003"),
            Map.entry("\u200b\u2060\u00ad", "U+200B"),
            Map.entry("a\udb40\udc41\udb40\udc42", "U+E0041"),
            Map.entry("x\uffff", "U+FFFF"),
            Map.entry("${1}{{x}}?view=x#/..%2f'\"", "${1}{{x}}?view=x#/..%2f'\""),
            Map.entry("javascript:window.harmed=1", "javascript:")));

    @TempDir
    private static Path dataDir = Path.of("");

    @BeforeAll
    void begin() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        ConsoleEvents events = new ConsoleEvents();
        long number = 0;
        for (String name : NAMES.keySet()) {
            named(events.add(number, name, TIME), name)
                    .putObject("payload")
                    .put("content", name)
                    .put(name, name);
            named(events.add(number + 1, name, TIME, number), name)
                    .put("status", "failed")
                    .putObject("payload")
                    .put("content", "w".repeat(10_240))
                    .put("result", "x y ".repeat(2_560))
                    .putObject("arguments")
                    .put("long", "v".repeat(10_240));
            number += 10;
        }
        payloads(events);
        events.append(distribution, dataDir);
        show(distribution);
    }

    private static String long255(String text) {
        return text.repeat(LONGEST / text.length() + 1).substring(0, LONGEST);
    }

    private static ObjectNode named(ObjectNode event, String name) {
        return event.put("agent_id", name).put("tool_name", name);
    }

    private static void payloads(ConsoleEvents events) throws IOException {
        String picture = Base64.getEncoder().encodeToString(picture());
        String drawing =
                "<svg xmlns='http://www.w3.org/2000/svg' onload='window.harmed=1'><script>window.harmed=1</script></svg>";
        events.add(1_001, "pictures", TIME)
                .putObject("payload")
                .put("alone", picture)
                .put("address", "data:image/png;base64," + picture)
                .put(
                        "drawing",
                        "data:image/svg+xml;base64,"
                                + Base64.getEncoder().encodeToString(drawing.getBytes(StandardCharsets.UTF_8)))
                .put("elsewhere", "https://example.org/picture.png")
                .put("lie", "data:image/png;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+");
        ObjectNode deep = events.add(1_003, "deep", TIME).putObject("payload");
        deep.put("text", "[".repeat(100) + "]".repeat(100));
        for (int level = 0; level < 30; level++) {
            deep = deep.putObject("level" + level);
        }
        deep.put("deepest", "reached");
        for (int side = 0; side < 2; side++) {
            ObjectNode many = events.add(1_005 + 2 * side, "keys-" + side, TIME)
                    .putObject("payload")
                    .putObject("arguments");
            for (int key = 0; key < 10_000; key++) {
                many.put("key" + key, key + side);
            }
        }
    }

    private static byte[] picture() throws IOException {
        BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (int at = 0; at < 64 * 48; at++) {
            image.setRGB(at % 64, at / 64, at * 0x01_35_79);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    @AfterEach
    void nothingWasComplainedOf() {
        assertThat(browser.complaints())
                .allMatch(complaint -> complaint.contains("/v1/admin/archives") && complaint.contains("status of 404"));
    }

    private String encoded(String name) {
        return browser.texts("return [encodeURIComponent(" + Json.MAPPER.writeValueAsString(name) + ")]")
                .getFirst();
    }

    private void isHarmless(String what) {
        assertThat(browser.texts("return [String(window.harmed)]")).as(what).containsExactly("undefined");
        assertThat(browser.count(
                        "main script, main img, main iframe, main style, main object, main a[href^='javascript']"))
                .as(what)
                .isZero();
        assertThat(browser.foreign()).as(what).isEmpty();
        assertThat(browser.outside()).as(what).isEmpty();
    }

    @Test
    void namesStayTextInEveryView() {
        long number = 0;
        for (Map.Entry<String, String> name : NAMES.entrySet()) {
            String session = encoded(name.getKey());
            String event = ConsoleEvents.id(number + 1);
            number += 10;
            for (String page : List.of(
                    "#/sessions/" + session + "?event=" + event,
                    "#/sessions/" + session + "?view=timeline&event=" + event,
                    "#/sessions/" + session + "?view=tree&event=" + event,
                    "#/sessions/" + session + "?view=table&event=" + event,
                    "#/events/" + event,
                    "#/lineage/" + event,
                    "#/compare/" + session + "/pictures")) {
                browser.open(page);
                browser.awaitElement(
                        page.contains("lineage") ? ".node" : page.contains("compare") ? ".compare" : ".pairs .name");
                browser.await(() -> browser.text().contains(name.getValue()), name.getValue() + " in " + page);
                isHarmless(page);
                if (page.startsWith("#/sessions")) {
                    assertThat(browser.texts("return [document.title.trim()]").getFirst())
                            .as(page)
                            .doesNotContain("\u202e")
                            .doesNotStartWith("-");
                }
            }
            browser.open("#/sessions?agent_id=" + session + "&tool_name=" + session);
            browser.await(() -> browser.count(".sessions-grid .rows-window a") == 1, "found by its agent and tool");
            isHarmless("filters");
        }
    }

    @Test
    void listsStayInForm() {
        for (int width : new int[] {1_400, 320}) {
            browser.narrow(width, 900);
            for (String page : List.of("#/sessions", "#/")) {
                browser.open(page);
                browser.awaitElement("main a[href*='/sessions/']");
                isHarmless(page + " on " + width);
            }
            for (int kind = 0; kind < NAMES.size(); kind++) {
                String event = ConsoleEvents.id(kind * 10L + 1);
                browser.open("#/events/" + event);
                browser.awaitText("On record");
                browser.awaitElement(".json");
                isHarmless(event + " on " + width);
            }
        }
        browser.wide();
    }

    @Test
    void picturesAreNamedAndShownWhenAskedFor() {
        browser.open("#/events/" + ConsoleEvents.id(1_001));
        browser.awaitElement(".json");
        assertThat(browser.text())
                .contains("image/png, ")
                .contains("image/svg+xml, ")
                .contains("not shown")
                .doesNotContain("iVBOR");
        assertThat(browser.count(".more button")).isEqualTo(2);
        isHarmless("pictures");
        for (int shown = 1; shown <= 2; shown++) {
            int expected = shown;
            browser.click(".more button");
            browser.await(
                    () -> browser.texts(
                                    "return [...document.querySelectorAll('main img')].filter((one) => one.naturalWidth === 64).map((one) => one.src.slice(0, 5))")
                            .equals(List.of("blob:", "blob:").subList(0, expected)),
                    "picture " + expected);
        }
        assertThat(browser.foreign()).isEmpty();
        assertThat(browser.text()).contains("https://example.org/picture.png");
    }

    @Test
    void deepAndWidePayloadsAreUnfolded() {
        browser.open("#/events/" + ConsoleEvents.id(1_003));
        browser.awaitElement(".json");
        for (int level = 0; level < 30; level++) {
            int expected = level + 1;
            browser.script("[...document.querySelectorAll('.json details:not([open]) > summary')].at(-1).click()");
            browser.await(
                    () -> browser.count(".json details .json-inside > ul, .json details .json-inside > *") >= expected,
                    "level " + level);
        }
        browser.awaitText("deepest");
        assertThat(browser.outside()).isEmpty();
        browser.open("#/events/" + ConsoleEvents.id(1_005));
        browser.click(".json summary");
        browser.awaitText("Show 100 more of 10,000");
        assertThat(browser.count(".json li")).isLessThan(120);
        browser.open("#/compare/keys-0/keys-1");
        browser.awaitText("and 9,980 more");
        isHarmless("many differences");
    }
}
