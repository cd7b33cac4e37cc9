// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each role alone through every page of the console: only what it may see is asked for, and of the rest is said what is missing. */
class ConsoleRolesE2eIT extends ShownConsole {
    private static final String EVENT = "47110000-5a3e-4c0d-8e11-000000000004";

    /** Each page that needs a role, with it. */
    private static final Map<String, String> PAGES = Map.of(
            "#/sessions",
            "read",
            "#/sessions/support-4711",
            "read",
            "#/sessions/support-4711?view=timeline",
            "read",
            "#/events/" + EVENT,
            "read",
            "#/lineage/" + EVENT,
            "read",
            "#/compare/support-4711/research-heat-pumps",
            "read",
            "#/operations",
            "admin",
            "#/persons",
            "privacy");

    @TempDir
    private static Path dataDir = Path.of("");

    private final Map<String, String> keys = new HashMap<>();
    private Distribution distribution = new Distribution(dataDir);

    @BeforeAll
    void begin() throws Exception {
        distribution = new Distribution(dataDir);
        importSample(distribution);
        for (String role : List.of("ingest", "read", "admin", "privacy")) {
            keys.put(role, distribution.createKey(role, "--role", role));
        }
        keys.put("guest", distribution.createKey("guest", "--role", "read"));
        keys.put("late", distribution.createKey("late", "--role", "read", "--expires-in", "1s"));
        show(distribution);
    }

    @AfterEach
    void keysAreInNoAddress() {
        assertThat(browser.texts(
                        "return performance.getEntriesByType('resource').map((one) => one.name).concat(location.href)"))
                .noneMatch(address -> address.contains("cgk_"));
        assertThat(browser.texts("return [document.cookie, String(Object.keys(localStorage).length)]"))
                .containsExactly("", "0");
    }

    /** Uses a key in a page that knows nothing of one before. */
    private void use(String name) {
        browser.script("sessionStorage.clear()");
        browser.open("#/key");
        browser.reload();
        browser.enter("#key", Objects.requireNonNull(keys.get(name)));
        browser.awaitText(name);
        browser.await(() -> browser.hash().equals("#/"), "the overview");
    }

    private void isNeeded(String page) {
        browser.open(page);
        browser.awaitText("A key is needed");
    }

    @Test
    void withoutAKeyOneQuestionIsAsked() {
        browser.script("sessionStorage.clear()");
        browser.open("#/key");
        browser.reload();
        browser.awaitText("No key has been entered");
        PAGES.keySet().forEach(this::isNeeded);
        isNeeded("#/");
        assertThat(browser.answers(401)).isEqualTo(1);
    }

    @Test
    void aKeyThatDoesNotCountIsTriedOnce() {
        keys.put("wrong", "cgk_" + "1".repeat(49));
        for (String name : List.of("wrong", "late")) {
            browser.script("sessionStorage.clear()");
            browser.open("#/key");
            browser.reload();
            browser.enter("#key", Objects.requireNonNull(keys.get(name)));
            browser.awaitText("The server does not take the key");
            PAGES.keySet().forEach(this::isNeeded);
            // Without a key, and with this one.
            assertThat(browser.answers(401)).as(name).isEqualTo(2);
        }
    }

    @Test
    void eachRoleSeesWhatIsItsOwn() {
        for (String role : List.of("ingest", "read", "admin", "privacy")) {
            use(role);
            browser.awaitText("Behind by");
            assertThat(browser.text().contains("Memory and tiers")).as(role).isEqualTo(role.equals("admin"));
            assertThat(browser.text().contains("Newest sessions")).as(role).isEqualTo(role.equals("read"));
            assertThat(browser.text().contains("are shown to those with the role read"))
                    .as(role)
                    .isEqualTo(!role.equals("read"));
            assertThat(browser.count("nav[aria-label=Pages] a")).as(role).isEqualTo(role.equals("ingest") ? 1 : 2);
            assertThat(browser.count("#find-id")).as(role).isEqualTo(role.equals("read") ? 1 : 0);
            PAGES.forEach((page, needed) -> {
                browser.open(page);
                if (needed.equals(role)) {
                    browser.awaitElement(".page h1");
                } else {
                    browser.awaitText("This page needs the role " + needed);
                    assertThat(browser.text()).contains("the key " + role);
                }
            });
            assertThat(browser.answers(403)).as(role).isZero();
            assertThat(browser.answers(401))
                    .as(role + ": before its key was entered")
                    .isEqualTo(1);
            assertThat(browser.obstacles()).as(role).isEmpty();
        }
    }

    @Test
    void aKeyThatEndsMeanwhileIsNoticedAndNotTriedAgainAndAgain() throws Exception {
        use("guest");
        browser.awaitText("connected");
        assertThat(distribution.run("keys", "revoke", "guest").exitCode()).isZero();
        browser.awaitText("A key is needed");
        int refused = browser.answers(401);
        assertThat(refused).isLessThan(8);
        PAGES.keySet().forEach(this::isNeeded);
        assertThat(browser.answers(401)).isEqualTo(refused);
    }

    @Test
    void aKeyBelongsToItsTab() {
        use("read");
        browser.awaitText("connected");
        browser.reload();
        browser.awaitText("connected");
        browser.openTab();
        browser.awaitText("A key is needed");
    }
}
