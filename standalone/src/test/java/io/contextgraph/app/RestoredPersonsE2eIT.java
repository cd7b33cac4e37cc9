// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.archive.ArchiveSettings;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.cli.workspace.Workspace.Serving;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.operation.Watcher;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureOutcome;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.sealing.PayloadSealer.Opened;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.privacy.subject.Subjects;
import io.contextgraph.proof.ProofSettings;
import io.contextgraph.standalone.EmbeddedBackends;
import io.contextgraph.testing.CommandBreaker.Moment;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * A backup, and the archive, from before an erasure are restored by processes that are killed in the middle. Nothing of who was
 * erased can be read at any moment; at the end nobody of them is there, and everybody else is, with what was said after a return.
 */
final class RestoredPersonsE2eIT {
    /** Numbers of events, of four kinds. */
    private static final long[] ERASED = LongStream.rangeClosed(1, 8).toArray();

    private static final long[] BEFORE_RETURN = LongStream.rangeClosed(11, 18).toArray();
    private static final long[] STAYS = LongStream.rangeClosed(21, 24).toArray();
    private static final long[] SINCE_RETURN = LongStream.rangeClosed(31, 38).toArray();

    /** It keeps retention from taking the end of the ledger. */
    private static final long LAST = 99;

    private static final Set<String> ASIDE = Set.of("HELLO", "AUTH", "CLIENT", "SELECT", "SCRIPT");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofDays(400));

    private final EmbeddedBackends backends = new EmbeddedBackends(Neo4jServers.settings());
    private final Neo4jAddress neo4j = Neo4jServers.shared();
    private final Random random = new Random(Long.getLong("contextgraph.seed", new Random().nextLong(1L << 40)));
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    /** Nobody signs: no server runs while events are taken out. */
    private Map<String, String> set(String data) {
        return Map.of(
                ProofSettings.ENABLED.key(),
                "false",
                BackendSettings.DATA_DIR.key(),
                folder.resolve(data).toString(),
                BackupSettings.LOCATION.key(),
                folder.resolve("backups").toString(),
                ArchiveSettings.LOCATION.key(),
                folder.resolve("archive").toString(),
                "privacy.keys",
                folder.resolve("keys").toString(),
                "neo4j.uri",
                neo4j.uri(),
                "neo4j.user",
                neo4j.user(),
                "http.port",
                "0",
                "access.dev",
                "true");
    }

    private Settings settings(String data) {
        return ProductSettings.CATALOG.load(set(data), environment(), Optional.empty());
    }

    private Settings settings(RunningRedis redis) {
        return ProductSettings.CATALOG.load(set("data"), environment(redis), Optional.empty());
    }

    private Map<String, String> environment() {
        return Map.of("CG_NEO4J_PASSWORD", neo4j.password());
    }

    private Map<String, String> environment(RunningRedis redis) {
        return Map.of(
                "CG_NEO4J_PASSWORD",
                neo4j.password(),
                RestoringProcess.REDIS,
                redis.url().toString());
    }

    private LocalWorkspace open(String data, Needs needs, Clock clock) throws IOException {
        return LocalWorkspace.open(settings(data), needs, backends, clock, said -> {});
    }

    private static String text(long number) {
        return "{\"said\":\"marked value " + number + "\"}";
    }

    private static void say(LocalWorkspace workspace, String person, long... numbers) {
        for (long number : numbers) {
            Event plain = Events.event(number, "session-" + number % 3);
            Event.Builder event = Event.builder(plain.id(), plain.type(), plain.occurredAt(), plain.sessionId())
                    .agentId(plain.agentId())
                    .traceId(plain.traceId())
                    .payload(new Payload(text(number)));
            Event about = person.isEmpty()
                    ? event.build()
                    : event.dataSubjectId(person + "@example.org").build();
            assertThat(workspace
                            .ledger()
                            .log()
                            .append(List.of(Append.of(about)), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Appended.class);
        }
    }

    private static void erase(LocalWorkspace workspace, String person) {
        Subjects subjects = workspace.subjects().orElseThrow();
        List<Pseudonym> names = subjects.namesOf(new SubjectId(person + "@example.org"));
        assertThat(workspace.eraser().orElseThrow().erase(names)).isInstanceOf(ErasureOutcome.Erased.class);
    }

    private static void authorise(LocalWorkspace workspace, String person) {
        Eraser eraser = workspace.eraser().orElseThrow();
        List<Pseudonym> names = workspace.subjects().orElseThrow().namesOf(new SubjectId(person + "@example.org"));
        assertThat(eraser.authorise(names)).isNotEmpty();
    }

    private static List<EventId> ids(long... numbers) {
        return LongStream.of(numbers).mapToObj(Events::id).toList();
    }

    /** Whoever looks, with all keys that there are, reads nothing of who was erased. */
    private static void assertNothingCanBeRead(LocalWorkspace workspace) {
        Subjects subjects = workspace.subjects().orElseThrow();
        for (EventId id : List.of(ids(ERASED), ids(BEFORE_RETURN)).stream()
                .flatMap(List::stream)
                .toList()) {
            workspace
                    .ledger()
                    .log()
                    .find(id)
                    .found()
                    .ifPresent(found -> assertThat(subjects.open(found.event())
                                    .map(Object::getClass)
                                    .map(Class::getSimpleName))
                            .isIn(Optional.empty(), Optional.of("Erased")));
        }
        String said = exported(subjects, "erased") + exported(subjects, "returned");
        for (long[] numbers : List.of(ERASED, BEFORE_RETURN)) {
            LongStream.of(numbers).forEach(number -> assertThat(said).doesNotContain("marked value " + number + '"'));
        }
    }

    private static String exported(Subjects subjects, String person) {
        StringBuilder lines = new StringBuilder();
        Subjects.Exported ignored =
                subjects.export(new SubjectId(person + "@example.org"), line -> lines.append(line.toString()));
        return lines.toString();
    }

    /** Nothing is even stored of them. */
    private static void assertNobodyIsThere(LocalWorkspace workspace) {
        assertNothingCanBeRead(workspace);
        assertThat(workspace.ledger().log().payloads(ids(ERASED))).isEmpty();
        assertThat(workspace.ledger().log().payloads(ids(BEFORE_RETURN))).isEmpty();
    }

    private static void assertIsThere(LocalWorkspace workspace, long... numbers) {
        Subjects subjects = workspace.subjects().orElseThrow();
        for (long number : numbers) {
            Event event = workspace
                    .ledger()
                    .log()
                    .find(Events.id(number))
                    .found()
                    .orElseThrow()
                    .event();
            assertThat(subjects.open(event)).contains(new Opened.Plain(Optional.of(new Payload(text(number)))));
        }
        String said = exported(subjects, "stays") + exported(subjects, "returned");
        LongStream.of(numbers).forEach(number -> assertThat(said).contains("marked value " + number + '"'));
    }

    private static Set<Moment> moments(boolean all, Random random) {
        List<Moment> every = List.of(Moment.BEFORE, Moment.AFTER);
        return all ? Set.copyOf(every) : Set.of(every.get(random.nextInt(every.size())));
    }

    private static boolean isLong() {
        return Extent.ERASURE_KILLS.value() > Extent.ERASURE_KILLS.shortForm();
    }

    /** Those between which the data is there and who was erased is still in it; in the long form all of them. */
    private static Set<String> struck(Set<String> passed) {
        Set<String> some = new TreeSet<>(passed);
        // How a connection begins, and what only the first process is asked for.
        boolean ignored = some.removeIf(place -> ASIDE.stream().anyMatch(place::startsWith));
        if (!isLong()) {
            ignored = some.removeIf(place ->
                    !place.equals(RestoringProcess.PLANT) && !place.contains("fence") && !place.contains("originals"));
        }
        return some;
    }

    @Test
    void aBackupBringsNobodyBack() throws Exception {
        String made = PersonalKeys.create(settings("data"), folder.resolve("keys"));
        assertThat(made).isNotEmpty();
        Backup early;
        Backup middle;
        try (LocalWorkspace workspace = open("data", Needs.DEMO_ONCE, Clock.systemUTC())) {
            say(workspace, "erased", ERASED);
            say(workspace, "returned", BEFORE_RETURN);
            say(workspace, "stays", STAYS);
            early = workspace.parts().getFirst().backUp(Watcher.NONE);
        }
        // Two in one second would have one name.
        try (LocalWorkspace workspace = open("data", Needs.DEMO_ONCE, Clock.offset(Clock.systemUTC(), MINUTE))) {
            erase(workspace, "returned");
            authorise(workspace, "returned");
            say(workspace, "returned", SINCE_RETURN);
            middle = workspace.parts().getFirst().backUp(Watcher.NONE);
            erase(workspace, "erased");
        }
        int kills = 0;
        for (Backup backup : List.of(early, middle)) {
            long[] since = backup.equals(middle) ? SINCE_RETURN : new long[0];
            RestoringProcess.Ended whole = restore("whole-" + backup.id(), backup, "", Moment.BEFORE);
            assertThat(whole.at()).isEmpty();
            assertRestored("whole-" + backup.id(), since, false);
            Set<String> places = struck(whole.passed());
            assertThat(places).contains(RestoringProcess.PLANT).hasSizeGreaterThan(2);
            for (String place : places) {
                for (Moment moment : moments(isLong(), random)) {
                    String data = "killed-" + kills++;
                    RestoringProcess.Ended killed = restore(data, backup, place, moment);
                    assertThat(killed.at()).contains(place);
                    boolean planted = !place.equals(RestoringProcess.PLANT) || moment == Moment.AFTER;
                    if (planted) {
                        try (LocalWorkspace looked = open(data, Needs.LEDGER, Clock.systemUTC())) {
                            assertNothingCanBeRead(looked);
                        }
                    }
                    boolean served = planted && kills % 2 == 0;
                    if (!served) {
                        try (Workspace.BackupDesk desk =
                                new StoredBackups(settings(data), count -> 0, backends, Clock.systemUTC())) {
                            restoreAgain(desk, backup);
                        }
                    }
                    assertRestored(data, since, served);
                }
            }
        }
        assertThat(kills).isGreaterThan(4);
    }

    private RestoringProcess.Ended restore(String data, Backup backup, String place, Moment moment) {
        return RestoringProcess.run(set(data), environment(), backup.id(), place, moment);
    }

    /** One that came as far as its record has no more to do. */
    private static void restoreAgain(Workspace.BackupDesk desk, Backup backup) throws IOException {
        try {
            Workspace.Restored ignored = desk.restore(
                    backup,
                    new AuditTrail.Request("operator:drill", "drill", "again", Map.of()),
                    100,
                    said -> {},
                    Watcher.NONE);
        } catch (Backends.DataThereException recorded) {
            assertThat(recorded).hasMessageContaining("holds data");
        }
    }

    private void assertRestored(String data, long[] since, boolean served) throws Exception {
        if (served) {
            try (LocalWorkspace workspace = open(data, Needs.SERVER, Clock.systemUTC());
                    Serving serving = workspace.serve()) {
                // It listens: so they are gone by now.
                assertThat(workspace.ledger().log().payloads(ids(ERASED))).isEmpty();
                assertThat(workspace.ledger().log().payloads(ids(BEFORE_RETURN)))
                        .isEmpty();
                assertServed(serving.address(), 410, ERASED);
                assertServed(serving.address(), 410, BEFORE_RETURN);
                assertServed(serving.address(), 200, STAYS);
                assertServed(serving.address(), 200, since);
            }
        }
        try (LocalWorkspace workspace = open(data, Needs.LEDGER, Clock.systemUTC())) {
            assertNobodyIsThere(workspace);
            assertIsThere(workspace, STAYS);
            assertIsThere(workspace, since);
        }
    }

    private void assertServed(URI address, int status, long... numbers) throws Exception {
        for (long number : numbers) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(address.resolve("/v1/payloads/" + Events.id(number)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString(UTF_8));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            assertThat(answer.body().contains("marked value " + number)).isEqualTo(status == 200);
        }
    }

    @Test
    void theArchiveBringsNobodyBack() throws Exception {
        String made = PersonalKeys.create(settings("data"), folder.resolve("keys"));
        assertThat(made).isNotEmpty();
        Path program = RedisServers.installed(8).orElseGet(RedisServers::bundled);
        List<String> modules = RedisServers.searchArguments().orElse(List.of());
        try (RunningRedis redis = RunningRedis.start(program, modules);
                LocalWorkspace workspace =
                        LocalWorkspace.open(settings(redis), Needs.DEMO_ONCE, backends, LATER, said -> {})) {
            say(workspace, "erased", ERASED);
            say(workspace, "returned", BEFORE_RETURN);
            say(workspace, "stays", STAYS);
            say(workspace, "", LAST);
            leave(workspace);
            erase(workspace, "returned");
            authorise(workspace, "returned");
            say(workspace, "returned", SINCE_RETURN);
            say(workspace, "", LAST + 1);
            leave(workspace);
            erase(workspace, "erased");
            int kills = 0;
            RestoringProcess.Ended whole = RestoringProcess.run(set("data"), environment(redis), "", "", Moment.BEFORE);
            assertThat(whole.at()).isEmpty();
            Set<String> places = struck(whole.passed());
            assertAllIsBack(workspace);
            assertThat(places).hasSizeGreaterThan(1);
            for (String place : places) {
                for (Moment moment : moments(isLong(), random)) {
                    leave(workspace);
                    RestoringProcess.Ended killed =
                            RestoringProcess.run(set("data"), environment(redis), "", place, moment);
                    assertThat(killed.at()).contains(place);
                    kills++;
                    assertNobodyIsThere(workspace);
                    letGo(redis);
                    RestoringProcess.restoreArchive(workspace);
                    assertAllIsBack(workspace);
                }
            }
            assertThat(kills).isPositive();
        }
    }

    /** All that is old leaves the ledger, when nobody has to see it any more. */
    private static void leave(LocalWorkspace workspace) {
        try (EventFeed.Consumer consumer =
                workspace.parts().getFirst().remembering().feed("projection").open("one")) {
            List<Delivery> some = consumer.poll(500, Duration.ZERO);
            consumer.acknowledge(some.stream().map(Delivery::position).toList());
        }
        var ignored = workspace.parts().getFirst().retaining("a test").run(false, Watcher.NONE);
        assertThat(workspace.ledger().log().find(Events.id(STAYS[0])).found()).isEmpty();
    }

    /** The dead one has the lease for a while. */
    private static void letGo(RunningRedis redis) {
        try (Jedis jedis = new Jedis(redis.url())) {
            assertThat(jedis.keys("*lease:retention")).hasSizeLessThan(2).allMatch(key -> jedis.del(key) == 1);
        }
    }

    private static void assertAllIsBack(LocalWorkspace workspace) {
        assertNobodyIsThere(workspace);
        for (EventId id : List.of(ids(ERASED), ids(BEFORE_RETURN)).stream()
                .flatMap(List::stream)
                .toList()) {
            assertThat(workspace.ledger().log().find(id).found()).isPresent();
        }
        assertIsThere(workspace, STAYS);
        assertIsThere(workspace, SINCE_RETURN);
    }
}
