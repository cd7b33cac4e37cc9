// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.access.AccessKey;
import io.contextgraph.access.KeyRole;
import io.contextgraph.access.KeySecret;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class KeysCommandTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private final InMemoryWorkspace workspace = new InMemoryWorkspace(CLOCK);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Cli.run(TestSurroundings.local(out, err, workspace, CLOCK, Path.of("")), arguments);
    }

    private AccessKey key(String name) {
        return workspace.keys.find(name).orElseThrow();
    }

    private List<JsonNode> trail() {
        return workspace.ledger.read(0, 100).stream()
                .map(RecordedEvent::event)
                .map(event -> Json.MAPPER.readTree(workspace
                        .ledger
                        .payloads(List.of(event.id()))
                        .values()
                        .iterator()
                        .next()
                        .json()))
                .toList();
    }

    @Test
    void aKeyIsShownOnceAndKeptAsAHash() {
        assertThat(run("keys", "create", "uploader", "--role", "ingest", "--role", "read"))
                .isEqualTo(ExitCode.OK);
        KeySecret secret = KeySecret.parse(out.toString().strip()).orElseThrow();
        assertThat(err.toString()).contains("uploader").doesNotContain(secret.reveal());
        AccessKey key = key("uploader");
        assertThat(key.hash()).isEqualTo(secret.hash());
        assertThat(key.roles()).isEqualTo(Set.of(KeyRole.INGEST, KeyRole.READ));
        assertThat(key.expiresAt()).isEmpty();
        assertThat(run("keys")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("uploader", "ingest, read", "valid", "never")
                .doesNotContain(secret.reveal(), secret.hash().hex());
        assertThat(run("keys", "list", "--json")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).doesNotContain(secret.reveal(), secret.hash().hex());
        assertThat(Json.MAPPER.readTree(out.toString()).get(0).path("state").asString())
                .isEqualTo("valid");
        assertThat(trail().toString())
                .doesNotContain(secret.reveal(), secret.hash().hex());
    }

    @Test
    void whatIsDoneIsOnRecord() {
        assertThat(run("keys", "create", "one", "--role", "admin", "--expires-in", "1d"))
                .isEqualTo(ExitCode.OK);
        assertThat(run("keys", "create", "one", "--role", "admin")).isEqualTo(ExitCode.REFUSED);
        assertThat(run("keys", "rotate", "one")).isEqualTo(ExitCode.OK);
        assertThat(run("keys", "revoke", "one")).isEqualTo(ExitCode.OK);
        assertThat(trail().stream()
                        .map(json -> json.path("action").asString() + " "
                                + json.path("key").asString()))
                .containsExactly(
                        "keys create one",
                        "keys create one",
                        "keys create one",
                        "keys create one",
                        "keys rotate one",
                        "keys rotate one",
                        "keys revoke one",
                        "keys revoke one");
        assertThat(workspace.ledger.read(0, 100).stream()
                        .map(event -> event.event().status().orElseThrow().wireName()))
                .containsExactly(
                        "running", "completed", "running", "failed", "running", "completed", "running", "completed");
        assertThat(workspace.ledger.read(0, 1).getFirst().event().agentId()).startsWith("operator:");
    }

    @Test
    void aKeyThatIsRotatedCountsForAWhile() {
        assertThat(run("keys", "create", "one", "--role", "read")).isEqualTo(ExitCode.OK);
        KeySecret before = KeySecret.parse(out.toString().strip()).orElseThrow();
        assertThat(run("keys", "rotate", "one", "--json")).isEqualTo(ExitCode.OK);
        KeySecret after = KeySecret.parse(
                        Json.MAPPER.readTree(out.toString()).path("key").asString())
                .orElseThrow();
        assertThat(key("one").hash()).isEqualTo(after.hash());
        assertThat(key("one").previous())
                .contains(new AccessKey.Previous(before.hash(), NOW.plus(Duration.ofHours(1))));
        assertThat(run("keys", "rotate", "one", "--grace", "0s")).isEqualTo(ExitCode.OK);
        assertThat(key("one").previous()).contains(new AccessKey.Previous(after.hash(), NOW));
    }

    @Test
    void aKeyThatIsRevokedStaysSo() {
        assertThat(run("keys", "create", "one", "--role", "read")).isEqualTo(ExitCode.OK);
        assertThat(run("keys", "revoke", "one")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).isEqualTo("revoked one\n");
        assertThat(key("one").revokedAt()).contains(NOW);
        assertThat(run("keys", "rotate", "one")).isEqualTo(ExitCode.REFUSED);
        assertThat(run("keys", "revoke", "one")).isEqualTo(ExitCode.REFUSED);
        assertThat(run("keys", "create", "one", "--role", "read")).isEqualTo(ExitCode.REFUSED);
        assertThat(run("keys", "revoke", "two")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(run("keys")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("revoked");
    }

    @Test
    void wrongWordsMakeNothing() {
        for (String words : List.of(
                "keys create",
                "keys create one",
                "keys create one --role boss",
                "keys create One --role read",
                "keys create -x --role read",
                "keys create one --role read --expires-in soon",
                "keys create one --role read --expires-in 0s",
                "keys create one --role read --bytes-per-second 1kb",
                "keys create one --role read --requests-per-second -1",
                "keys rotate",
                "keys revoke",
                "keys list one",
                "keys make one")) {
            assertThat(run(words.split(" "))).as(words).isEqualTo(ExitCode.USAGE);
        }
        assertThat(workspace.keys.all()).isEmpty();
        assertThat(trail()).isEmpty();
    }
}
