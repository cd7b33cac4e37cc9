// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.event.Event;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.memory.InMemoryKeyNews;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.personal.KeyNews;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.ledger.router.PartitionedLedger;
import io.contextgraph.privacy.SealedPayload;
import io.contextgraph.privacy.Sealer;
import io.contextgraph.privacy.key.DataKey;
import io.contextgraph.privacy.key.DataKeySettings;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.InMemoryKeyStore;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.Pseudonyms;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.key.SubjectKey;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.testing.Events;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A ledger, keys, and persons of whom something is said. */
final class ErasureBed {
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

    final Ledger ledger;
    final WrappedKeyStore store;
    final KeyNews news;
    final List<ErasurePlace> places = new ArrayList<>();
    final ReceiptKey receipts;
    private final LocalKeyWrapper wrapper;
    private final Pseudonyms pseudonyms;
    private final AtomicLong millis = new AtomicLong(BEGIN.toEpochMilli());

    /** @param folder for the key of receipts */
    ErasureBed(Ledger ledger, Path folder, int generations) {
        this(ledger, ReceiptKey.create(folder.resolve("receipts-" + System.nanoTime())), generations);
    }

    /** @param generations of the key of pseudonyms */
    ErasureBed(Ledger ledger, ReceiptKey receipts, int generations) {
        this(
                ledger,
                receipts,
                new InMemoryKeyStore(),
                new InMemoryKeyNews(),
                new LocalKeyWrapper(KeyVersions.random(), "a test"),
                new Pseudonyms(keys(generations)));
    }

    /** With keys that are kept where others find them, too. */
    ErasureBed(
            Ledger ledger,
            ReceiptKey receipts,
            WrappedKeyStore store,
            KeyNews news,
            LocalKeyWrapper wrapper,
            Pseudonyms pseudonyms) {
        this.ledger = ledger;
        this.receipts = receipts;
        this.store = store;
        this.news = news;
        this.wrapper = wrapper;
        this.pseudonyms = pseudonyms;
    }

    static KeyVersions keys(int generations) {
        KeyVersions keys = KeyVersions.random();
        for (int n = 1; n < generations; n++) {
            keys = keys.rotated();
        }
        return keys;
    }

    /** An empty ledger in memory. */
    static Ledger memory(int partitions) {
        return partitions == 1
                ? new InMemoryLedger(Clock.systemUTC())
                : new PartitionedLedger(Stream.generate(() -> new InMemoryLedger(Clock.systemUTC()))
                        .limit(partitions)
                        .toList());
    }

    /** Holds a session, wherever it is. */
    void hold(SessionId session) {
        ledger.partitionOf(session).pruning().holds().put(session, new Hold("a court asks", "somebody", Instant.EPOCH));
    }

    boolean release(SessionId session) {
        return ledger.partitionOf(session).pruning().holds().release(session);
    }

    /** Each look is a second later. */
    InstantSource clock() {
        return () -> Instant.ofEpochMilli(millis.addAndGet(1000));
    }

    /** The keys as a server remembers them. */
    DataKeys server() {
        return new DataKeys(wrapper, store, DataKeySettings.DEFAULT);
    }

    List<Pseudonym> names(String person) {
        return pseudonyms.all(new SubjectId(person));
    }

    Eraser eraser(DataKeys keys) {
        return eraser(keys, new Breaks(Breaks.NEVER, false));
    }

    /** That of a process that ends sometime. */
    Eraser eraser(DataKeys keys, Breaks breaks) {
        Ledger own = breaks.of(Ledger.class, ledger);
        ErasureParts parts = new ErasureParts(
                keys,
                breaks.of(KeyNews.class, news),
                places.stream()
                        .map(place -> breaks.of(ErasurePlace.class, place))
                        .toList(),
                new AuditTrail(own.log(), Durability.MEMORY, clock()),
                receipts);
        return new Eraser(own, breaks.of(WrappedKeyStore.class, store), parts, clock());
    }

    /** Says something of a person; empty where nobody may. */
    Optional<AppendOutcome> say(DataKeys keys, List<Pseudonym> names, long number) {
        return keys.forSealing(names) instanceof SubjectKey.Usable usable
                ? Optional.of(append(sealed(usable.key(), number)))
                : Optional.empty();
    }

    static Event sealed(DataKey key, long number) {
        Event plain = Events.event(number, "session-" + number % 3);
        SealedPayload payload = Sealer.seal(key, plain.id(), ("{\"name\":\"person " + number + "\"}").getBytes(UTF_8));
        return Event.builder(plain.id(), plain.type(), plain.occurredAt(), plain.sessionId())
                .agentId(plain.agentId())
                .traceId(plain.traceId())
                .dataSubjectId(key.id().pseudonym().toString())
                .payload(new Payload(payload.toJson()))
                .build();
    }

    AppendOutcome append(Event event) {
        return ledger.log()
                .append(List.of(Append.of(event)), Durability.MEMORY)
                .outcomes()
                .getFirst();
    }

    /** What can be read of an event about a person, by anybody who has the keys that are there. */
    Optional<String> readable(DataKeys keys, long number) {
        Payload payload = ledger.log().payloads(List.of(Events.id(number))).get(Events.id(number));
        if (payload == null) {
            return Optional.empty();
        }
        SealedPayload sealed = SealedPayload.parse(payload.json());
        return keys.forOpening(sealed.subject(), sealed.generation()) instanceof SubjectKey.Usable usable
                ? Optional.of(new String(Sealer.open(usable.key(), Events.id(number), sealed), UTF_8))
                : Optional.empty();
    }

    /** What the ledger has on record of erasures. */
    List<RecordedEvent> onRecord() {
        return ledger.log()
                .whole(ledger.partitionOf(SessionId.AUDIT).order().read(0, 100_000).stream()
                        .filter(event -> event.event().sessionId().equals(SessionId.AUDIT))
                        .toList());
    }

    /** The report tells the truth of a person of whom so much was said, and the receipt proves it. */
    void assertTrue(ErasureOutcome outcome, List<Pseudonym> names, long keysThere, long said) {
        assertThat(outcome).isInstanceOf(ErasureOutcome.Erased.class);
        ErasureOutcome.Erased erased = (ErasureOutcome.Erased) outcome;
        ErasureReport report = erased.report();
        assertThat(report.state()).isEqualTo(ErasureReport.State.DONE);
        assertThat(report.names()).isEqualTo(names);
        assertThat(report.at(Eraser.KEYS).orElseThrow().found()).isEqualTo(keysThere);
        assertThat(report.at(Eraser.KEYS).orElseThrow().done()).startsWith("destroyed in " + store.describe());
        assertThat(report.at(Eraser.PAYLOADS).orElseThrow().found()).isEqualTo(said);
        assertThat(report.at(Eraser.PAYLOADS).orElseThrow().done()).isEqualTo("deleted from the ledger");
        assertThat(report.places()).hasSize(2 + places.size());
        assertThat(erased.receipt().proves(report, receipts.publicKey())).isTrue();
        for (Pseudonym name : names) {
            assertThat(ledger.personal().count(PayloadErasure.subject(name))).isZero();
            assertThat(store.erasures().find(name).isOpen()).isFalse();
            assertThat(ledger.personal().fence(PayloadErasure.subject(name)))
                    .hasValue(store.erasures().find(name).generation());
        }
        assertThat(store.list(Optional.empty(), 1_000)).noneMatch(key -> names.contains(key.pseudonym()));
        // What is on record proves the receipt, and names no person.
        assertThat(onRecord())
                .anySatisfy(event -> assertThat(
                                event.event().payload().orElseThrow().json())
                        .contains(erased.receipt().digest()));
        assertThat(onRecord()).allSatisfy(event -> {
            assertThat(event.event().dataSubjectId()).isEmpty();
            names.forEach(name ->
                    assertThat(event.event().payload().orElseThrow().json()).doesNotContain(name.digits()));
        });
    }
}
