// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.ProductSettings;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.operation.Operation;
import io.contextgraph.operation.Operations;
import io.contextgraph.privacy.erasure.Copies;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureWork;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.sealing.SealingLedger;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.testing.Events;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class PrivacyCommandTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    private static final String JANE = "jane@example.org";

    @TempDir
    private Path folder;

    private final InMemoryWorkspace workspace = new InMemoryWorkspace(CLOCK);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @SuppressWarnings("NullAway.Init")
    private PersonalKeys keys;

    @BeforeEach
    void make() {
        Settings settings = ProductSettings.CATALOG.load(
                Map.of("privacy.keys", folder.resolve("keys").toString()), Map.of(), Optional.empty());
        assertThat(PersonalKeys.create(settings, folder.resolve("keys"))).isNotEmpty();
        keys = PersonalKeys.open(settings).orElseThrow();
        workspace.persons = keys;
        Event plain = Events.event(1, "session-1");
        Event event = Event.builder(plain.id(), plain.type(), plain.occurredAt(), plain.sessionId())
                .agentId(plain.agentId())
                .traceId(plain.traceId())
                .dataSubjectId(JANE)
                .payload(new Payload("{\"name\":\"Jane\"}"))
                .build();
        assertThat(new SealingLedger(workspace.ledger, Optional.of(keys.sealer()))
                        .log()
                        .append(List.of(Append.of(event)), Durability.MEMORY)
                        .outcomes())
                .hasOnlyElementsOfType(AppendOutcome.Appended.class);
    }

    @AfterEach
    void close() {
        keys.close();
    }

    private int run(String... arguments) {
        return Cli.run(TestSurroundings.local(out, err, workspace, CLOCK, folder), arguments);
    }

    private long receipts() {
        return workspace.ledger.read(0, 100).stream()
                .filter(event -> event.event().sessionId().equals(SessionId.AUDIT))
                .flatMap(
                        event -> workspace.ledger.payloads(List.of(event.event().id())).values().stream())
                .filter(payload -> payload.json().contains("a person was erased"))
                .count();
    }

    private boolean isAskedFor() {
        return workspace.ledger.read(0, 100).stream()
                .anyMatch(event -> event.event().sessionId().equals(SessionId.AUDIT));
    }

    @Test
    void aPersonIsErasedAndToldOf() {
        assertThat(run("privacy", "erase", JANE)).as(err.toString()).isEqualTo(ExitCode.OK);
        JsonNode told = Json.MAPPER.readTree(out.toString());
        assertThat(told.at("/report/state").asString()).isEqualTo("done");
        assertThat(told.at("/receipt").isObject()).isTrue();
        assertThat(out.toString()).doesNotContain(JANE);
        assertThat(run("privacy", "erase", "nobody")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(workspace.ledger.payloads(List.of(Events.id(1)))).isEmpty();
    }

    @Test
    void ofAPayloadThatWasErasedTheReceiptIsTold() {
        assertThat(run("privacy", "erase", JANE)).as(err.toString()).isEqualTo(ExitCode.OK);
        String erased = out.toString();
        assertThat(run("privacy", "payload", Events.id(1).toString())).isEqualTo(ExitCode.NOT_FOUND);
        JsonNode told = Json.MAPPER.readTree(out.toString().substring(erased.length()));
        assertThat(told.required("payload").isNull()).isTrue();
        assertThat(told.required("receipt"))
                .isEqualTo(Json.MAPPER.readTree(erased).required("receipt"));
        assertThat(err.toString()).contains("was about was erased");
    }

    @Test
    void whatAServerIsAtIsAwaited() {
        try (Operations server = workspace.operations()) {
            Eraser slow = workspace
                    .eraser(List.of(Copies.backups(() -> {
                        while (!isAskedFor()) {
                            Thread.onSpinWait();
                        }
                        return 3;
                    })))
                    .orElseThrow();
            Operation begun = server.start(
                            new ErasureWork(slow, keys.pseudonyms().all(new SubjectId(JANE))))
                    .orElseThrow();
            assertThat(run("privacy", "erase", JANE)).as(err.toString()).isEqualTo(ExitCode.OK);
            JsonNode told = Json.MAPPER.readTree(out.toString());
            assertThat(server.find(begun.id()).flatMap(Operation::result).map(Object::toString))
                    .contains(told.toString());
            assertThat(told.at("/report/places").toString()).contains("3 backups");
        }
        assertThat(receipts()).isEqualTo(1);
    }

    @Test
    void aHoldIsToldOf() {
        workspace
                .ledger
                .pruning()
                .holds()
                .put(new SessionId("session-1"), new Hold("a court asks", "somebody", Instant.EPOCH));
        assertThat(run("privacy", "erase", JANE)).isEqualTo(ExitCode.REFUSED);
        assertThat(Json.MAPPER.readTree(out.toString()).path("state").asString())
                .isEqualTo("held");
        assertThat(err.toString()).contains("sessions of the person are held (session-1)");
        assertThat(workspace.ledger.payloads(List.of(Events.id(1)))).hasSize(1);
    }
}
