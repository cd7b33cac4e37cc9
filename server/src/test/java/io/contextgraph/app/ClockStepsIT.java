// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A Redis whose clock is put forward and back by an hour, and by more, while it runs (libfaketime). */
class ClockStepsIT {
    private static final int EACH = 5;

    @TempDir
    private Path folder;

    private static Optional<Path> libfaketime() throws Exception {
        try (Stream<Path> files =
                Files.find(Path.of("/usr/lib"), 3, (path, is) -> path.endsWith("faketime/libfaketimeMT.so.1"))) {
            return files.findFirst();
        }
    }

    /** A program that starts Redis with a clock that a file puts off. */
    private Path redis(Path faketime, Path offset) throws Exception {
        Path program = folder.resolve("redis");
        Files.writeString(
                program, """
                #!/bin/sh
                export LD_PRELOAD=%s FAKETIME_TIMESTAMP_FILE=%s FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
                exec %s "$@"
                """.formatted(faketime, offset, RedisServers.here().program()));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    private static JsonNode append(HttpClient client, URI address, int number) throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(address.resolve("/v1/events"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(
                                EventJson.toJson(Events.full(number, "session")).toString()))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return Json.MAPPER.readTree(answer.body());
    }

    private static Position position(JsonNode taken) {
        return Position.parse(taken.get("global_position").stringValue()).orElseThrow();
    }

    @Test
    void aClockThatStepsChangesNoOrder() throws Exception {
        Optional<Path> faketime = libfaketime();
        Skips.unless(
                faketime.isPresent(),
                ClockStepsIT.class,
                "no libfaketime is installed (Debian: the package libfaketime)");
        Path offset = folder.resolve("offset");
        Files.writeString(offset, "+0s");
        try (RunningRedis redis = RunningRedis.start(redis(faketime.orElseThrow(), offset), List.of());
                ServerProcess server = ServerProcess.start(
                        redis.url(), Map.of(), "--data.dir=" + folder.resolve("data"), "--retention.interval=1s");
                HttpClient client = HttpClient.newHttpClient()) {
            URI address = server.address();
            BufferedReader stream = new BufferedReader(new InputStreamReader(
                    client.send(
                                    HttpRequest.newBuilder(address.resolve("/v1/events/stream?from=" + Position.START))
                                            .build(),
                                    BodyHandlers.ofInputStream())
                            .body(),
                    StandardCharsets.UTF_8));
            List<Position> positions = new ArrayList<>();
            List<Long> numbers = new ArrayList<>();
            int number = 0;
            for (String step : List.of("+0s", "+3600s", "+0s", "-3600s", "+0s", "+86400s", "-86400s", "+0s")) {
                Files.writeString(offset, step);
                for (int i = 0; i < EACH; i++) {
                    JsonNode taken = append(client, address, ++number);
                    positions.add(position(taken));
                    numbers.add(taken.get("seq").longValue());
                }
                // Nobody's turn is over, and nobody's time has come, because a clock was wrong.
                HttpResponse<String> health = client.send(
                        HttpRequest.newBuilder(address.resolve("/v1/health")).build(), BodyHandlers.ofString());
                assertThat(health.statusCode()).as(step + health.body()).isEqualTo(200);
                assertThat(health.body()).as(step).doesNotContain("ledger_corrupt", "ledger_shorter");
            }
            assertThat(positions).isSorted().doesNotHaveDuplicates();
            assertThat(numbers)
                    .isEqualTo(LongStream.rangeClosed(1, number).boxed().toList());
            List<String> followed = stream.lines()
                    .filter(line -> line.startsWith("data: {"))
                    .limit(number)
                    .toList();
            for (int i = 0; i < number; i++) {
                assertThat(Json.MAPPER
                                .readTree(followed.get(i).substring(6))
                                .get("event_id")
                                .stringValue())
                        .isEqualTo(Events.id(i + 1).toString());
            }
            // The clock is right again, behind what it had told: Redis has all of it when it starts anew, and goes on.
            redis.stop();
            redis.restart();
            JsonNode after = null;
            while (after == null) {
                try {
                    after = append(client, address, number + 1);
                } catch (AssertionError away) {
                    assertThat(away).hasMessageContaining("503");
                }
            }
            client.shutdownNow();
            assertThat(after.get("seq").longValue()).isEqualTo(number + 1);
            assertThat(position(after)).isGreaterThan(positions.getLast());
        }
    }
}
