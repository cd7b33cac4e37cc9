// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

/** What an operator does on a page of the console: each act is looked at before it is carried out. */
final class ConsoleActs {
    static final String WORK = "section[aria-labelledby=work-title]";
    static final String LONG_WORK = "section[aria-labelledby=operations-title]";
    static final String PARKED = "section[aria-labelledby=parked-title]";
    static final String RETENTION = "section[aria-labelledby=retention-title]";
    static final String HOLDS = "section[aria-labelledby=holds-title]";
    static final String ARCHIVE = "section[aria-labelledby=archives-title]";
    static final String BACKUPS = "section[aria-labelledby=backups-title]";

    private final ConsoleBrowser browser;

    ConsoleActs(ConsoleBrowser browser) {
        this.browser = browser;
    }

    /** Opens the page, which has asked for everything. */
    void open() {
        browser.open("#/operations");
        browser.reload();
        browser.awaitElement(HOLDS + " form");
    }

    /** Asks for an act; it says what it will do before it is carried out. */
    void ask(String within, String name, String says) {
        browser.push(within, name);
        browser.awaitText(says);
        assertThat(browser.text()).contains("It is put on record");
    }

    /** Carries out what was asked for. */
    void confirm(String name) {
        browser.push("dialog", name);
        browser.await(() -> browser.count("dialog") == 0, "that it is done: " + name);
    }

    void act(String within, String name, String says) {
        ask(within, name, says);
        confirm(name);
    }

    void act(String within, String name, String says, String reason) {
        ask(within, name, says);
        browser.awaitElement("dialog input[name=reason]").sendKeys(reason);
        confirm(name);
    }

    /** Waits until the newest of the long work stands so, and gives what is said of it. */
    String awaitWork(String kind, String state) {
        String newest = LONG_WORK + " li.entry";
        browser.await(
                () -> browser.awaitElement(newest).getText().startsWith(kind + " " + state),
                "that " + kind + " has " + state);
        return browser.awaitElement(newest).getText();
    }

    /** Whether the page fits on the narrowest screen. */
    void fitsEverywhere() {
        browser.narrow(320, 700);
        try {
            assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth"))
                    .isEqualTo(true);
        } finally {
            browser.wide();
        }
    }

    void isUsableByAll() {
        assertThat(browser.obstaclesInAllColours()).isEmpty();
    }
}
