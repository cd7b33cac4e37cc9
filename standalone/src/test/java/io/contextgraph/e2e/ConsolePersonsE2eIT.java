// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What is about persons in the console: sealed, opened by who may, exported, erased with a report and a receipt; and what each role sees. */
class ConsolePersonsE2eIT extends ShownConsole {
    private static final String OPEN = "Open it; that is put on record";
    private static final String ERASE = "Erase this person";
    private static final String RETURN = "Let the person return";

    @TempDir
    private static Path folder = Path.of("");

    private String officer = "";
    private String reader = "";
    private String privacy = "";
    private String admin = "";
    private ConsoleCaller caller;
    private ConsoleActs acts;

    @BeforeAll
    void begin() throws Exception {
        Distribution distribution =
                new Distribution(folder.resolve("data")).with("--privacy.keys=" + folder.resolve("keys"));
        assertThat(distribution.run("privacy", "init").exitCode()).isZero();
        String all = key(distribution, "everything", "ingest", "read", "admin", "privacy");
        officer = key(distribution, "officer", "read", "privacy");
        reader = key(distribution, "reader", "read");
        privacy = key(distribution, "guardian", "privacy");
        admin = key(distribution, "operator", "admin");
        show(distribution);
        caller = opened(new ConsoleCaller(server.address(), all));
        browser.saveTo(Files.createDirectories(folder.resolve("saved")));
        acts = new ConsoleActs(browser);
    }

    private static String key(Distribution distribution, String name, String... roles) throws IOException {
        return distribution.createKey(Stream.concat(
                        Stream.of(name), Stream.of(roles).flatMap(role -> Stream.of("--role", role)))
                .toArray(String[]::new));
    }

    @AfterEach
    void nothingWasComplainedOf() {
        // The browser logs answers of 4xx.
        assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("status of 4"));
    }

    private void use(String key, String name) {
        browser.open("#/key");
        browser.enter("#key", key);
        browser.await(
                () -> browser.script("return document.querySelector('.who').innerText")
                        .equals(name),
                "known as " + name);
    }

    private void look(String person) {
        browser.open("#/persons");
        browser.reload();
        browser.enter("#person", person);
        browser.awaitElement("#person");
    }

    private void isNowhereInAnAddress(String person) {
        assertThat(browser.wholeAddress()).doesNotContain(person).endsWith("#/persons");
        assertThat(browser.script("return history.length + ' ' + document.title"))
                .asString()
                .doesNotContain(person);
    }

    @Test
    void whatIsSealedIsOpenedByWhoMayAndThatIsOnRecord() {
        String event = caller.append(ConsoleCaller.about("dora@example.org", "about-dora", "what dora said"));
        use(reader, "reader");
        for (String page :
                List.of("#/sessions/about-dora", "#/sessions/about-dora?event=" + event, "#/events/" + event)) {
            browser.open(page);
            browser.awaitText("Sealed: this is about a person.");
            browser.awaitText("Those with the role privacy may open it.");
            assertThat(browser.text()).doesNotContain("what dora said", "dora@example.org", OPEN);
        }
        acts.isUsableByAll();

        use(officer, "officer");
        browser.open("#/events/" + event);
        browser.awaitText(OPEN);
        assertThat(browser.text()).doesNotContain("what dora said");
        acts.isUsableByAll();
        long before = opened();
        browser.push(".sealed", OPEN);
        browser.awaitText("what dora said");
        acts.isUsableByAll();
        assertThat(opened()).isEqualTo(before + 1);
        browser.open("#/sessions/about-dora");
        browser.push(".said .sealed", OPEN);
        browser.awaitText("what dora said");
        acts.isUsableByAll();
    }

    /** How often the officer has opened something, as it is on record. */
    private long opened() {
        return caller.onRecord().stream()
                .filter("GET /v1/payloads/{payload_ref} by key:officer"::equals)
                .count();
    }

    @Test
    void allThatIsAboutAPersonIsSavedAsAFile() throws Exception {
        caller.append(ConsoleCaller.about("bert@example.org", "about-bert", "the first of bert"));
        caller.append(ConsoleCaller.about("bert@example.org", "about-bert", "the second of bert"));
        use(privacy, "guardian");
        look("nobody@example.org");
        browser.awaitText("Nothing that is sealed, set aside or erased has this id.");
        acts.isUsableByAll();
        look("bert@example.org");
        browser.awaitText("Where it is");
        assertThat(browser.count("table tbody tr")).isEqualTo(1);
        assertThat(browser.text()).contains("\t2\t0\tthere").doesNotContain(RETURN);
        acts.isUsableByAll();
        acts.ask("main", "Export all of it", "saved as a file, payloads readable");
        acts.isUsableByAll();
        acts.confirm("Export");
        browser.awaitText("Exported: 2 events of the ledger, 0 that only the archive has");
        isNowhereInAnAddress("bert");
        browser.await(() -> saved().size() == 1, "the file");
        Path file = saved().getFirst();
        assertThat(file.getFileName().toString()).startsWith("person-p1_").endsWith(".ndjson");
        assertThat(Files.readAllLines(file))
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line).contains("the first of bert"),
                        line -> assertThat(line).contains("the second of bert"),
                        line -> assertThat(line).contains("\"exported\""));
        assertThat(caller.onRecord())
                .contains("GET /v1/subjects/{id}/export by key:guardian")
                .noneMatch(asked -> asked.contains("bert@"));
    }

    private static List<Path> saved() {
        try (Stream<Path> files = Files.list(folder.resolve("saved"))) {
            return files.filter(file -> file.toString().endsWith(".ndjson")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPersonIsErasedEverywhereAndMayReturn() {
        ObjectNode first = ConsoleCaller.about("anna@example.org", "about-anna", "what anna said");
        String cause = caller.append(first);
        String event = caller.append(ConsoleCaller.about("anna@example.org", "about-anna", "and what else")
                .put("parent_event_id", cause));
        caller.awaitInGraph(event);
        use(officer, "officer");
        look("anna@example.org");
        acts.ask("main", ERASE, "Nobody can undo it");
        acts.isUsableByAll();
        acts.confirm(ERASE);
        browser.awaitText("The erasure has begun");
        browser.awaitText("Signature");
        isNowhereInAnAddress("anna");
        assertThat(
                        browser.script(
                                "return [...document.querySelectorAll('table.report tbody th')].map((one) => one.innerText).join(' ')"))
                .isEqualTo("keys payloads parked graph archive backups append_only_files snapshots");
        assertThat(browser.text()).contains("\t0\t0\tdestroyed", "deleted from the ledger", "Stands\ndone");
        acts.fitsEverywhere();
        acts.isUsableByAll();
        assertThat(caller.onRecord())
                .contains("DELETE /v1/subjects/{id} by key:officer")
                .noneMatch(asked -> asked.contains("anna@"));

        browser.open("#/events/" + event);
        browser.awaitText("Erased: the key to it was destroyed");
        browser.awaitText("Signature");
        acts.isUsableByAll();
        browser.open("#/sessions/about-anna");
        browser.awaitText("About a person; there is no payload any more.");
        assertThat(browser.text()).doesNotContain("what anna said", OPEN);
        acts.isUsableByAll();
        browser.open("#/lineage/" + event);
        browser.await(() -> browser.count("svg.lineage .node") == 2, "the event and its cause");
        assertThat(browser.text()).doesNotContain("what anna said");
        acts.isUsableByAll();

        assertThat(caller.send("POST", HuntRequests.EVENTS, anotherOf(first).toString())
                        .statusCode())
                .isEqualTo(410);
        look("anna@example.org");
        acts.act("main", RETURN, "What was erased stays erased");
        browser.awaitText("is sealed by a key of generation 2.");
        assertThat(browser.text()).doesNotContain(RETURN);
        acts.isUsableByAll();
        assertThat(caller.onRecord()).contains("POST /v1/subjects/{id}/authorise by key:officer");
        // A server looks at what was erased once in a while, and refuses until then.
        ObjectNode more = anotherOf(first);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> caller.send("POST", HuntRequests.EVENTS, more.toString())
                                .statusCode()
                        == 201);
        look("anna@example.org");
        browser.awaitText("there, of generation 2; the one before destroyed");
        assertThat(browser.text()).doesNotContain(RETURN);
    }

    private static ObjectNode anotherOf(ObjectNode event) {
        return event.deepCopy().put("event_id", UUID.randomUUID().toString());
    }

    @Test
    void aHoldStopsAnErasureAndAnErasedPayloadIsToldSo() {
        String event = caller.append(ConsoleCaller.about("carl@example.org", "about-carl", "what carl said"));
        String path = "/v1/admin/holds?session_id=about-carl&reason=case";
        assertThat(caller.ask(200, "POST", path, "").toString()).contains("about-carl");
        use(officer, "officer");
        look("carl@example.org");
        acts.act("main", ERASE, "Nobody can undo it");
        browser.awaitText("held up: sessions of the person are held");
        browser.awaitElement("dl.pairs a[href*=about-carl]");
        assertThat(browser.text()).doesNotContain(RETURN);
        acts.isUsableByAll();
        browser.open("#/events/" + event);
        browser.awaitText(OPEN);
        assertThat(caller.ask(200, "DELETE", "/v1/admin/holds/about-carl", "").toString())
                .contains("about-carl");
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> caller.get("/v1/subjects/carl@example.org")
                        .at("/erasure/state")
                        .asString("")
                        .equals("done"));
        // The page was made before.
        browser.push(".sealed", OPEN);
        browser.awaitText("Erased meanwhile: the key to it was destroyed");
        browser.awaitText("Signature");
        acts.isUsableByAll();
    }

    @Test
    void eachRoleSeesItsOwnPages() {
        use(privacy, "guardian");
        browser.await(() -> pages().equals("Overview Persons"), "its pages");
        assertThat(browser.text()).doesNotContain("Memory and tiers", "Newest sessions");
        browser.open("#/operations");
        browser.awaitText("This page needs the role admin");
        browser.open("#/sessions");
        browser.awaitText("This page needs the role read");
        acts.isUsableByAll();
        use(admin, "operator");
        browser.awaitText("Memory and tiers");
        assertThat(pages()).isEqualTo("Overview Operations");
        browser.open("#/persons");
        browser.awaitText("This page needs the role privacy");
        acts.isUsableByAll();
        browser.open("#/operations");
        browser.awaitText("No session is held.");
        acts.act(ConsoleActs.WORK, "Verify the graph", "Nothing is changed");
        String ignored = acts.awaitWork("Verify", "succeeded");
        acts.isUsableByAll();
        assertThat(caller.onRecord()).contains("POST /v1/admin/verify by key:operator");
        use(officer, "officer");
        browser.awaitText("Newest sessions");
        assertThat(pages()).isEqualTo("Overview Sessions Persons");
    }

    private Object pages() {
        return browser.script(
                "return [...document.querySelectorAll('nav[aria-label=Pages] a')].map((one) => one.innerText).join(' ')");
    }
}
