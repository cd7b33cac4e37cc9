// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Lookup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The distribution that was built over the stores of a life: what it says of each event, and what its commands say of all. */
final class ServedLife implements AutoCloseable {
    private static final int RETRIED = 40;

    private final CeilingDays days;
    private final Path data;
    private final Process server;
    private final URI address;
    private final HttpClient client = HttpClient.newHttpClient();
    private int asked;

    ServedLife(CeilingDays days, Path data) {
        this.days = days;
        this.data = data;
        try {
            server = command("serve").start();
            address = ServedStream.listening(server.errorReader(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessBuilder command(String... arguments) {
        ProcessBuilder builder =
                ServedStream.command(days.redis.url(), RetentionDays.PREFIX, days.neo4j, data, arguments);
        builder.environment().put("CG_ARCHIVE_LOCATION", days.archiveFolder.toString());
        // By its own clock all of this is long ago.
        builder.environment().put("CG_RETENTION_ENABLED", "false");
        builder.environment().put("CG_RETENTION_REQUIRED_GROUPS", "projection,audit");
        return builder;
    }

    /** @return how many answers were held against the book */
    int askAboutEverything() {
        List<RecordedEvent> gone = new ArrayList<>();
        for (RecordedEvent event : days.book.events()) {
            HttpResponse<String> answer = get("/v1/events/" + event.event().id());
            if (days.book.isGone(event.seq())) {
                assertGone(answer, event);
                gone.add(event);
            } else {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                ArchiveFiles.assertLine(Json.MAPPER.readTree(answer.body()), event);
            }
        }
        HttpResponse<String> never = get("/v1/events/" + new UUID(0x4000L, 0x8000_0000_0000_0000L));
        assertThat(never.statusCode()).isEqualTo(404);
        assertThat(Json.MAPPER.readTree(never.body()).path("code").asString("")).isEqualTo("event_not_found");
        assertThat(gone).isNotEmpty();
        for (int i = 0; i < Math.min(RETRIED, gone.size()); i++) {
            RecordedEvent event = gone.get((int) ((long) i * gone.size() / Math.min(RETRIED, gone.size())));
            assertGone(post(event.event()), event);
        }
        return asked;
    }

    private void assertGone(HttpResponse<String> answer, RecordedEvent event) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(410);
        JsonNode problem = Json.MAPPER.readTree(answer.body());
        Lookup.Gone told = days.sent().told(event);
        assertThat(problem.path("code").asString("")).isEqualTo("event_gone");
        assertThat(problem.path("event_id").asString(""))
                .isEqualTo(event.event().id().toString());
        assertThat(Instant.parse(problem.path("gone_at").asString(""))).isEqualTo(told.at());
        assertThat(problem.path("reason").asString("")).isEqualTo(told.why());
        assertThat(problem.path("archive").asString("")).isEqualTo(told.where());
    }

    private HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(address.resolve(path)).build());
    }

    private HttpResponse<String> post(Event event) {
        return send(HttpRequest.newBuilder(address.resolve("/v1/events"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        EventJson.toJson(event).toString()))
                .build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        asked++;
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Graph and ledger, the archive, and where some events are in it: by commands. */
    void verify() {
        assertThat(run("verify", "--deep")).contains("ledger and graph: equal");
        assertThat(run("archives", "verify")).contains(days.archive.all().size() + " segments read, 0 faults");
    }

    private String run(String... arguments) {
        try {
            Process process = command(arguments).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        server.destroy();
        Process ignored = server.onExit().join();
    }
}
