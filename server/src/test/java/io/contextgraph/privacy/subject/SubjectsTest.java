// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.subject;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.archive.Archive;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.router.PartitionedLedger;
import io.contextgraph.privacy.key.DataKeySettings;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.InMemoryKeyStore;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.Pseudonyms;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.privacy.sealing.PayloadSealer;
import io.contextgraph.privacy.sealing.SealingLedger;
import io.contextgraph.restoring.TestArchive;
import io.contextgraph.testing.Events;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What is about a person is found in every partition, and in the archive of each. */
@ParameterizedClass(name = "{0} partitions")
@ValueSource(ints = {1, 3})
class SubjectsTest {
    private static final SubjectId JANE = new SubjectId("jane@example.org");
    private static final SubjectId JOHN = new SubjectId("john@example.org");

    private final InMemoryKeyStore store = new InMemoryKeyStore();
    private final Pseudonyms pseudonyms = new Pseudonyms(KeyVersions.random());
    private final PayloadSealer sealer = new PayloadSealer(
            pseudonyms,
            new DataKeys(new LocalKeyWrapper(KeyVersions.random(), "a test"), store, DataKeySettings.DEFAULT));
    private final List<TestArchive> archives = new ArrayList<>();
    private final List<Partition> parts;
    private final Ledger ledger;

    SubjectsTest(int partitions) {
        parts = parts(partitions);
        ledger = whole(parts);
    }

    /** Each seals what is about a person, before there is anything that goes between them. */
    private List<Partition> parts(int partitions) {
        return Stream.<Partition>generate(
                        () -> new SealingLedger(new InMemoryLedger(Clock.systemUTC()), Optional.of(sealer)))
                .limit(partitions)
                .toList();
    }

    private static Ledger whole(List<Partition> parts) {
        return parts.size() == 1 ? parts.getFirst() : new PartitionedLedger(parts);
    }

    @AfterEach
    void close() {
        archives.forEach(TestArchive::close);
    }

    private Subjects subjects(Ledger of, List<Archive> from) {
        return new Subjects(of, () -> from, pseudonyms, store, sealer);
    }

    private void say(SubjectId person, long first, long last) {
        List<Append> appends = LongStream.rangeClosed(first, last)
                .mapToObj(n -> Append.of(Events.builder(n, "session-" + n)
                        .dataSubjectId(person.value())
                        .payload(new Payload("{\"said\":" + n + "}"))
                        .build()))
                .toList();
        assertThat(ledger.log().append(appends, Durability.MEMORY).outcomes())
                .hasOnlyElementsOfType(AppendOutcome.Appended.class);
    }

    private static List<EventId> ids(long first, long last) {
        return LongStream.rangeClosed(first, last).mapToObj(Events::id).toList();
    }

    private static List<EventId> ids(List<ObjectNode> told) {
        return told.stream()
                .map(json -> EventId.of(json.required(EventFields.EVENT_ID).stringValue()))
                .toList();
    }

    @Test
    void whatIsAboutAPersonIsCountedWhereverItIs() {
        say(JANE, 1, 30);
        say(JOHN, 31, 35);
        for (Partition partition : ledger.partitions()) {
            try (EventFeed.Consumer consumer = partition.feed("projection").open("one")) {
                Delivery first = consumer.poll(1, Duration.ZERO).getFirst();
                assertThat(consumer.park(first, new Failure("refused", Instant.EPOCH, 1)))
                        .isTrue();
            }
        }
        Subjects subjects = subjects(ledger, List.of());
        SubjectStanding.Name found = subjects.standing(JANE).names().getFirst();
        assertThat(found.payloads()).isEqualTo(30);
        assertThat(found.parked()).isEqualTo(parts.size());
        assertThat(found.key()).isTrue();
        assertThat(subjects.isKnown(JOHN)).isTrue();
        assertThat(subjects.isKnown(new SubjectId("nobody"))).isFalse();
    }

    /** Also where nothing but a payload is left to know somebody by. */
    @Test
    void onePayloadInAnyPartitionIsEnoughToBeKnown() {
        say(JANE, 1, 30);
        Subjects others = new Subjects(ledger, List::of, pseudonyms, new InMemoryKeyStore(), sealer);
        assertThat(others.isKnown(JANE)).isTrue();
        assertThat(others.isKnown(JOHN)).isFalse();
    }

    @Test
    void anExportHasAllPartitions() {
        say(JANE, 1, 30);
        say(JOHN, 31, 35);
        List<ObjectNode> told = new ArrayList<>();
        assertThat(subjects(ledger, List.of()).export(JANE, told::add))
                .isEqualTo(new Subjects.Exported(30, 0, List.of()));
        assertThat(ids(told)).containsExactlyInAnyOrderElementsOf(ids(1, 30));
        assertThat(told)
                .allSatisfy(
                        json -> assertThat(json.required("payload").has("said")).isTrue());
    }

    @Test
    void anExportHasTheArchiveOfEachPartitionAndNothingTwice() {
        say(JANE, 1, 30);
        List<Archive> all = new ArrayList<>();
        for (Partition part : parts) {
            TestArchive archive = new TestArchive();
            archives.add(archive);
            assertThat(archive.write(part, 1_000).counts().events()).isPositive();
            all.add(Archive.of(archive.storage(), part.epochs()).orElseThrow());
        }
        List<ObjectNode> told = new ArrayList<>();
        assertThat(subjects(ledger, all).export(JANE, told::add)).isEqualTo(new Subjects.Exported(30, 0, List.of()));
        told.clear();
        // As if the ledger had nothing of it any more.
        assertThat(subjects(whole(parts(parts.size())), all).export(JANE, told::add))
                .isEqualTo(new Subjects.Exported(0, 30, List.of()));
        assertThat(ids(told)).containsExactlyInAnyOrderElementsOf(ids(1, 30));
    }

    @Test
    void ofSomebodyWhoWasErasedTheEventsAreTold() {
        say(JANE, 1, 6);
        KeyErasure erasure = new KeyErasure(store);
        List<Pseudonym> names = pseudonyms.all(JANE);
        assertThat(erasure.intend(erasure.current(names), Instant.EPOCH)).hasSize(1);
        erasure.destroy(erasure.current(names));
        List<ObjectNode> told = new ArrayList<>();
        Subjects subjects = new Subjects(
                ledger,
                List::of,
                pseudonyms,
                store,
                new PayloadSealer(
                        pseudonyms,
                        new DataKeys(
                                new LocalKeyWrapper(KeyVersions.random(), "a test"), store, DataKeySettings.DEFAULT)));
        assertThat(subjects.export(JANE, told::add).ledger()).isEqualTo(6);
        assertThat(told)
                .allSatisfy(
                        json -> assertThat(json.path("erased").asBoolean(false)).isTrue());
        assertThat(subjects.standing(JANE).names().getFirst().erasedThrough()).isEqualTo(1);
    }
}
