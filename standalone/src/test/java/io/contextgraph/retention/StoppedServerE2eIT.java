// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Processes;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** A process that trims is stopped in the middle of its work (SIGSTOP), another takes over, and the first one wakes. */
final class StoppedServerE2eIT {
    private static final int COUNT = 120;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    /** @param ticking whether it sees that time has passed; if not, only Redis knows that its lease has run out */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoeverWasStoppedCannotGoOn(boolean ticking) throws Exception {
        try (RunningRedis redis = RunningRedis.start(RedisServers.here().program(), List.of())) {
            SimulatedClock clock = new SimulatedClock(redis.url());
            clock.set(BEGIN);
            try (ClockedLedger ledger = new ClockedLedger(RetainingProcess.settings(redis.url()))) {
                Book book = filled(ledger, clock);
                StreamsAndDocuments state = new StreamsAndDocuments(redis.url(), "stopped:", Engine.SORTED_SET, book);
                Process process = RetainingProcess.start(redis.url(), ticking);
                try {
                    await().atMost(PATIENCE).until(() -> state.trimmed() >= 5);
                    stop(process, redis);
                    int taken = state.trimmed();
                    book.trimmed(taken);
                    state.streams();
                    assertThat(taken).isLessThan(COUNT / 2);

                    Retention other = new Retention(
                            ledger,
                            RetainingProcess.retention(Duration.ZERO),
                            Ceilings.none(ledger, clock),
                            clock,
                            "other");
                    assertThat(other.runIfFree(rest -> false)).isEmpty();
                    assertThat(state.trimmed()).isEqualTo(taken);

                    clock.advance(Duration.ofSeconds(31));
                    AtomicBoolean woken = new AtomicBoolean();
                    Optional<RetentionReport> report = other.runIfFree(rest -> {
                        if (state.trimmed() >= taken + 10 && woken.compareAndSet(false, true)) {
                            assertThat(ledger.trimming()
                                            .lease()
                                            .holder()
                                            .orElseThrow()
                                            .owner())
                                    .isEqualTo("other");
                            Map<String, String> before = everything(redis);
                            Processes.signal(process.toHandle(), "CONT");
                            String lost = "lost: another server has taken over: ";
                            String refused = lost + "the lease 1 of paused";
                            // It may have looked at its clock just before it was stopped.
                            assertThat(said(process))
                                    .containsAnyOf(refused, ticking ? lost + "the lease has run out" : refused);
                            assertThat(everything(redis))
                                    .as("what is in Redis, after the first one woke")
                                    .isEqualTo(before);
                        }
                        return false;
                    });
                    assertThat(woken).isTrue();
                    assertThat(report.orElseThrow().entries()).isEqualTo(COUNT - taken);
                    book.trimmed(COUNT);
                    state.streams();
                    state.documents();
                } finally {
                    process.destroyForcibly();
                }
            }
        }
    }

    /** A week ago, and finished by the group that is required. */
    private static Book filled(ClockedLedger ledger, SimulatedClock clock) {
        Book book = new Book(Duration.ofDays(1), Duration.ofHours(1), Set.of("projection"));
        List<Append> appends = LongStream.rangeClosed(1, COUNT)
                .mapToObj(n -> Append.of(Events.event(n, "session " + n % 7)))
                .toList();
        Instant now = clock.instant();
        AppendResult result = ledger.log().append(appends, Durability.MEMORY);
        assertThat(result.outcomes()).hasSize(COUNT);
        for (Append append : appends) {
            RecordedEvent ignored = book.append(append.event(), now);
        }
        try (BookedConsumer projection = new BookedConsumer(ledger, book, "projection", false)) {
            assertThat(projection.finishAll()).isEqualTo(COUNT);
        }
        clock.advance(Duration.ofDays(7));
        return book;
    }

    /** What it had sent already has been carried out then. */
    private static void stop(Process process, RunningRedis redis) {
        Processes.signal(process.toHandle(), "STOP");
        await().atMost(PATIENCE).until(() -> state(process).startsWith("T"));
        try (Jedis jedis = new Jedis(redis.url())) {
            for (int i = 0; i < 3; i++) {
                assertThat(jedis.ping()).isEqualTo("PONG");
            }
        }
    }

    private static String state(Process process) {
        return run("ps", "-o", "state=", "-p", Long.toString(process.pid())).strip();
    }

    private static String run(String... command) {
        try {
            Process started =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(started.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return said;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that it says until it ends. */
    private static String said(Process process) {
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return said;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every key, as Redis would write it into a file. */
    private static Map<String, String> everything(RunningRedis redis) {
        Map<String, String> all = new TreeMap<>();
        try (Jedis jedis = new Jedis(redis.url())) {
            for (String key : jedis.keys("*")) {
                all.put(key, Base64.getEncoder().encodeToString(jedis.dump(key)));
            }
        }
        return all;
    }
}
