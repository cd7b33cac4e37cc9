// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.personal.PersistedFiles;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.personal.RedisPersistedFiles;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.testing.Events;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an erasure is on any ledger in Redis. */
abstract class EraserContract {
    private static final int WRITERS = 4;

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private LedgerFixture ledger;

    @SuppressWarnings("NullAway.Init")
    private ErasureBed bed;

    abstract LedgerFixture fresh();

    /** Where the files of the servers are that the ledger is in. */
    abstract List<ErasurePlace> files(LedgerFixture of);

    /** Those of one server. */
    static List<ErasurePlace> files(RedisFixture of) {
        PersistedFiles files = new RedisPersistedFiles(of.settings());
        return List.of(
                FilesPlace.appendOnly(files, Duration.ofMinutes(1)),
                FilesPlace.snapshots(files, Duration.ofMinutes(1)));
    }

    @BeforeEach
    final void open() {
        ledger = fresh();
        bed = new ErasureBed(ledger, folder, 2);
    }

    @AfterEach
    final void close() {
        ledger.close();
    }

    private void say(DataKeys keys, List<Pseudonym> names, long number) {
        assertThat(bed.say(keys, names, number)).get().isInstanceOf(AppendOutcome.Appended.class);
    }

    @Test
    void aPersonIsErasedAndNobodyElse() {
        DataKeys keys = bed.server();
        List<Pseudonym> one = bed.names("one");
        List<Pseudonym> other = bed.names("other");
        for (int n = 1; n <= 700; n++) {
            say(keys, n % 7 == 0 ? other : one, n);
        }
        bed.places.add(new ParkedPlace(ledger.parking()));
        List<ErasurePlace> files = files(ledger);
        bed.places.addAll(files);
        ErasureOutcome outcome = bed.eraser(keys).erase(one);
        bed.assertTrue(outcome, one, 1, 600);
        ErasureReport report = ((ErasureOutcome.Erased) outcome).report();
        assertThat(files.getLast().name()).startsWith("snapshots");
        assertThat(report.at(files.getLast().name()).orElseThrow().done()).startsWith("written anew");
        assertThat(bed.readable(keys, 7)).contains("{\"name\":\"person 7\"}");
        assertThat(bed.readable(keys, 8)).isEmpty();
        assertThat(bed.eraser(bed.server()).erase(one)).isEqualTo(outcome);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErasureThatBrokeOffAnywhereIsEnded(boolean made) {
        bed.places.add(new ParkedPlace(ledger.parking()));
        int broken = 0;
        boolean more = true;
        for (int call = 1; more; call++) {
            DataKeys keys = bed.server();
            List<Pseudonym> names = bed.names("person " + call);
            say(keys, names, 10L * call);
            say(keys, names.subList(1, 2), 10L * call + 1);
            try {
                bed.assertTrue(bed.eraser(keys, new Breaks(call, made)).erase(names), names, 2, 2);
                more = false;
            } catch (Breaks.Ended ended) {
                broken++;
                Eraser next = bed.eraser(bed.server());
                List<List<Pseudonym>> begun = next.begun();
                bed.assertTrue(next.erase(begun.isEmpty() ? names : begun.getFirst()), names, 2, 2);
                assertThat(next.begun()).isEmpty();
            }
            assertThat(bed.onRecord()).hasSize(call);
        }
        assertThat(broken).isGreaterThan(30);
    }

    /** A ledger that was brought back from before the erasures. */
    @Test
    void whatIsBroughtBackHasNobodyInItWhoWasErased() {
        DataKeys keys = bed.server();
        List<Pseudonym> erased = bed.names("erased");
        List<Pseudonym> returned = bed.names("returned");
        for (int n = 1; n <= 600; n++) {
            say(keys, n % 2 == 0 ? erased : returned, n);
        }
        Eraser eraser = bed.eraser(keys);
        LedgerFixture early = fresh();
        try {
            copy(early, 1, 600);
            assertThat(eraser.erase(erased)).isInstanceOf(ErasureOutcome.Erased.class);
            assertThat(eraser.erase(returned)).isInstanceOf(ErasureOutcome.Erased.class);
            assertThat(eraser.authorise(returned)).hasSize(2);
            say(keys, returned, 601);
            copy(early, 601, 601);
            ErasureReplay replay = new ErasureReplay(early, bed.store.erasures());
            assertThat(replay.run()).isEqualTo(new ErasureReplay.Replayed(4, 4, 600));
            assertThat(early.log()
                            .payloads(LongStream.rangeClosed(1, 601)
                                    .mapToObj(Events::id)
                                    .toList()))
                    .containsOnlyKeys(Events.id(601));
            assertThat(replay.run()).isEqualTo(new ErasureReplay.Replayed(4, 0, 0));
        } finally {
            early.close();
        }
    }

    private void copy(LedgerFixture to, long first, long last) {
        List<Append> events = LongStream.rangeClosed(first, last)
                .mapToObj(n -> ledger.log().find(Events.id(n)).found().orElseThrow())
                .map(event -> Append.of(event.event()))
                .toList();
        assertThat(to.log().append(events, Durability.MEMORY).outcomes())
                .hasOnlyElementsOfType(AppendOutcome.Appended.class);
    }

    /** Those who say something of a person while the person is erased have said nothing. */
    @Test
    void whatIsSaidMeanwhileIsErasedOrRefused() throws Exception {
        List<Pseudonym> names = bed.names("one");
        DataKeys first = bed.server();
        say(first, names, 1);
        AtomicLong numbers = new AtomicLong(1);
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(50);
        Queue<EventId> taken = new ConcurrentLinkedQueue<>(List.of(Events.id(1)));
        List<Future<?>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            for (int n = 0; n < WRITERS; n++) {
                DataKeys keys = n % 2 == 0 ? first : bed.server();
                writers.add(threads.submit(() -> {
                    while (!over.get()) {
                        write(keys, names, numbers.incrementAndGet()).ifPresent(taken::add);
                        begun.countDown();
                    }
                }));
            }
            assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
            ErasureOutcome outcome = bed.eraser(first).erase(names);
            assertThat(outcome).isInstanceOf(ErasureOutcome.Erased.class);
            over.set(true);
            for (Future<?> writer : writers) {
                assertThat(writer.get(1, TimeUnit.MINUTES)).isNull();
            }
        }
        assertThat(taken).hasSizeGreaterThan(10);
        List<EventId> all = List.copyOf(taken);
        for (int from = 0; from < all.size(); from += 500) {
            assertThat(ledger.log().payloads(all.subList(from, Math.min(from + 500, all.size()))))
                    .isEmpty();
        }
        assertThat(ledger.personal().count(PayloadErasure.subject(names.getFirst())))
                .isZero();
        assertThat(bed.store.list(Optional.empty(), 10)).isEmpty();
        assertThat(bed.say(bed.server(), names, numbers.incrementAndGet())).isEmpty();
    }

    /** Says something; the event where the ledger has taken it. */
    private Optional<EventId> write(DataKeys keys, List<Pseudonym> names, long number) {
        try {
            return bed.say(keys, names, number)
                    .filter(outcome -> outcome instanceof AppendOutcome.Appended)
                    .map(AppendOutcome::eventId);
        } catch (KeyServiceException dropped) {
            // The key went while it was in use.
            return Optional.empty();
        }
    }
}
