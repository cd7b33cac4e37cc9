// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryKeyNews;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureOutcome;
import io.contextgraph.privacy.erasure.ErasureParts;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.local.KeyFile;
import io.contextgraph.privacy.sealing.PayloadSealer.Opened;
import io.contextgraph.privacy.sealing.SealingLedger;
import io.contextgraph.privacy.subject.Subjects;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both kinds of keys are rotated again and again while servers come and go, write, read and erase: nothing is lost, everything opens,
 * and who is erased is erased under all names.
 */
class RotationUnderLoadIT {
    private static final int WRITERS = 3;
    private static final int ROUNDS = 12;
    private static final int EVENTS_OF_A_ROUND = 20;
    private static final int ALL = WRITERS * ROUNDS * EVENTS_OF_A_ROUND;
    private static final int PERSONS = 24;
    private static final int ERASED = 4;

    @TempDir
    private Path folder;

    private final AtomicLong numbers = new AtomicLong();
    private final Map<EventId, Integer> said = new ConcurrentHashMap<>();
    private final Map<Integer, AtomicInteger> refused = new ConcurrentHashMap<>();
    private final CountDownLatch third = new CountDownLatch(ALL / 3);
    private final CountDownLatch half = new CountDownLatch(ALL / 2);

    private Settings settings() {
        return PersonalKeysTest.settings(
                Map.of("privacy.keys", folder.resolve("keys").toString()));
    }

    private PersonalKeys server() {
        return PersonalKeys.open(settings()).orElseThrow();
    }

    private static SubjectId person(int number) {
        return new SubjectId("person-" + number + "@example.org");
    }

    private static String text(EventId id) {
        return "{\"said\":\"in event " + id + "\"}";
    }

    private static Event event(long number, int person) {
        Event plain = Events.event(number, "session-" + number % 5);
        return Event.builder(plain.id(), plain.type(), plain.occurredAt(), plain.sessionId())
                .agentId(plain.agentId())
                .traceId(plain.traceId())
                .dataSubjectId(person(person).value())
                .payload(new Payload(text(plain.id())))
                .build();
    }

    /** Servers that come and go, so that keys are read again and again. */
    private void write(Partition ledger) {
        for (int round = 0; round < ROUNDS; round++) {
            try (PersonalKeys keys = server()) {
                SealingLedger sealing = new SealingLedger(ledger, Optional.of(keys.sealer()));
                for (int n = 0; n < EVENTS_OF_A_ROUND; n++) {
                    long number = numbers.incrementAndGet();
                    int person = (int) (number % PERSONS);
                    AppendOutcome outcome = sealing.log()
                            .append(List.of(Append.of(event(number, person))), Durability.MEMORY)
                            .outcomes()
                            .getFirst();
                    if (outcome instanceof AppendOutcome.Appended) {
                        Integer ignored = said.put(outcome.eventId(), person);
                    } else {
                        assertThat(outcome).isInstanceOfAny(AppendOutcome.Fenced.class, AppendOutcome.Refused.class);
                        int ignored = refused.computeIfAbsent(person, one -> new AtomicInteger())
                                .incrementAndGet();
                    }
                    third.countDown();
                    half.countDown();
                }
            }
        }
    }

    /** How many were opened. */
    private long read(Partition ledger, Future<?> until) {
        Random random = new Random(7);
        long opened = 0;
        while (!until.isDone()) {
            try (PersonalKeys keys = server()) {
                List<EventId> ids = new ArrayList<>(said.keySet());
                for (int n = 0; n < EVENTS_OF_A_ROUND && !ids.isEmpty(); n++) {
                    EventId id = ids.get(random.nextInt(ids.size()));
                    opened += opens(ledger, keys, id) ? 1 : 0;
                }
            }
        }
        return opened;
    }

    /** Whether what was said opens; where it does not, its person is erased. */
    private boolean opens(Partition ledger, PersonalKeys keys, EventId id) {
        Event event = ledger.log().find(id).found().orElseThrow().event();
        Optional<Opened> opened = keys.sealer().open(event);
        if (opened.orElse(null) instanceof Opened.Plain plain) {
            assertThat(plain.payload()).contains(new Payload(text(id)));
            return true;
        }
        assertThat(said.get(id)).as(opened.toString()).isLessThan(ERASED);
        return false;
    }

    private long rotate(Future<?> until) {
        long rotations = 0;
        while (!until.isDone()) {
            PersonalKeys.rotate(settings(), folder.resolve("keys"));
            rotations++;
        }
        return rotations;
    }

    private static Eraser eraser(Partition ledger, PersonalKeys keys) {
        return new Eraser(
                ledger,
                keys.store(),
                new ErasureParts(
                        keys.dataKeys(),
                        new InMemoryKeyNews(),
                        List.of(),
                        new AuditTrail(ledger.log(), Durability.MEMORY, Clock.systemUTC()),
                        keys.receipts()),
                Clock.systemUTC());
    }

    private static Subjects subjects(Partition ledger, PersonalKeys keys) {
        return new Subjects(ledger, List::of, keys.pseudonyms(), keys.store(), keys.sealer());
    }

    private void rotatedUnderLoad(PartitionFixture ledger) throws Exception {
        String made = PersonalKeys.create(settings(), folder.resolve("keys"));
        assertThat(made).isNotEmpty();
        Path pseudonyms = folder.resolve("keys").resolve("pseudonyms.key");
        // It knows of no newer key of pseudonyms, until it is asked to erase.
        try (PersonalKeys oldest = server();
                ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 3)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int n = 0; n < WRITERS; n++) {
                writers.add(threads.submit(() -> write(ledger)));
            }
            Future<?> all = threads.submit(() -> {
                for (Future<?> writer : writers) {
                    assertThat(writer.get()).isNull();
                }
                return true;
            });
            Future<Long> reader = threads.submit(() -> read(ledger, all));
            Future<Long> rotator = threads.submit(() -> rotate(all));
            assertThat(third.await(2, TimeUnit.MINUTES)).isTrue();
            assertThat(KeyFile.rotate(pseudonyms).newest()).isEqualTo(2);
            assertThat(half.await(2, TimeUnit.MINUTES)).isTrue();
            for (int person = 0; person < ERASED; person++) {
                List<Pseudonym> names = subjects(ledger, oldest).namesOf(person(person));
                assertThat(names).hasSize(2);
                assertThat(eraser(ledger, oldest).erase(names)).isInstanceOf(ErasureOutcome.Erased.class);
            }
            assertThat(KeyFile.rotate(pseudonyms).newest()).isEqualTo(3);
            assertThat(all.get(5, TimeUnit.MINUTES)).isEqualTo(true);
            assertThat(rotator.get(1, TimeUnit.MINUTES)).isGreaterThan(1);
            assertThat(reader.get(1, TimeUnit.MINUTES)).isPositive();
        }
        assertThat(refused.keySet()).isSubsetOf(Set.of(0, 1, 2, 3)).isNotEmpty();
        try (PersonalKeys keys = server()) {
            assertAllIsThere(ledger, keys);
        }
    }

    private void assertAllIsThere(Partition ledger, PersonalKeys keys) {
        Map<Integer, Long> found = new HashMap<>();
        Set<Integer> generations = new TreeSet<>();
        for (int person = 0; person < PERSONS; person++) {
            List<Pseudonym> names = subjects(ledger, keys).namesOf(person(person));
            assertThat(names).hasSize(3);
            for (Pseudonym name : names) {
                long count = ledger.personal().count(new SubjectPseudonym(name.toString()));
                if (count > 0) {
                    boolean ignored = generations.add(name.generation());
                }
                Long ignored = found.merge(person, count, Long::sum);
            }
        }
        Map<Integer, Long> expected = new HashMap<>();
        for (int person = 0; person < PERSONS; person++) {
            int one = person;
            long count = said.values().stream().filter(of -> of == one).count();
            Long ignored = expected.put(person, person < ERASED ? 0 : count);
        }
        assertThat(found).isEqualTo(expected);
        assertThat(generations).contains(1, 2);
        said.forEach((id, person) -> assertThat(opens(ledger, keys, id)).isEqualTo(person >= ERASED));
        List<KeyId> left = keys.store().list(Optional.empty(), 1_000);
        for (int person = 0; person < ERASED; person++) {
            List<Pseudonym> names = subjects(ledger, keys).namesOf(person(person));
            assertThat(left).noneMatch(key -> names.contains(key.pseudonym()));
        }
        assertThat(left.size()).isGreaterThanOrEqualTo(PERSONS - ERASED);
    }

    @Test
    void onSearch() throws Exception {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                RotationUnderLoadIT.class,
                "no Redis 8 with JSON and Search is installed");
        try (PartitionFixture ledger =
                RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH)) {
            rotatedUnderLoad(ledger);
        }
    }

    @Test
    void onRedis7() throws Exception {
        try (PartitionFixture ledger = RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET)) {
            rotatedUnderLoad(ledger);
        }
    }
}
