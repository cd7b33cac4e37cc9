// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that is started before its Redis is there. */
class StartWaitIT {
    private final RunningRedis redis = RunningRedis.start(RedisServers.installedOrBundled(), List.of());

    @TempDir
    private Path folder;

    private static boolean isWaiting(String line) {
        return line.contains("waiting for Redis, for ");
    }

    @BeforeEach
    void away() {
        redis.kill();
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    private ServerProcess start(String command, String... settings) throws Exception {
        return ServerProcess.startCommand(
                command, redis.url(), Map.of("CG_DATA_DIR", folder.toString(), "CG_METRICS_PORT", "0"), settings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "project"})
    void itSaysForWhatItWaitsAndGoesOn(String command) throws Exception {
        try (ServerProcess process = start(command)) {
            assertThat(process.await(StartWaitIT::isWaiting)).contains("Redis does not answer");
            redis.restart();
            assertThat(process.address()).isNotNull();
        }
    }

    @Test
    void theWaitHasABound() throws Exception {
        try (ServerProcess process = start("serve", "--redis.start-wait=1ms")) {
            assertThat(process.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(process.said())
                    .last()
                    .asString()
                    .contains("ledger_unavailable: ")
                    .contains("does not answer");
        }
    }

    @Test
    void whoeverWaitsCanBeStopped() throws Exception {
        try (ServerProcess process = start("serve", "--redis.start-wait=1h")) {
            String ignored = process.await(StartWaitIT::isWaiting);
            assertThat(process.stop()).isEqualTo(143);
            assertThat(process.said()).contains("stopping").noneMatch(line -> line.contains("could be closed"));
        }
    }

    @Test
    void whatDoesNotPassIsNotWaitedFor() throws Exception {
        redis.restart();
        URI wrong = URI.create(redis.url().toString().replace(redis.password(), "wrong"));
        try (ServerProcess process =
                ServerProcess.start(wrong, Map.of(), "--redis.start-wait=1h", "--data.dir=" + folder)) {
            assertThat(process.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(process.said())
                    .noneMatch(StartWaitIT::isWaiting)
                    .anyMatch(line -> line.contains("Redis denies access"));
        }
    }
}
