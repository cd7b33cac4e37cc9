// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Conflict;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendOutcome.Fenced;
import io.contextgraph.ledger.AppendOutcome.Personal;
import io.contextgraph.ledger.AppendOutcome.Refused;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.privacy.key.DataKeySettings;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.ForwardingKeyStore;
import io.contextgraph.privacy.key.InMemoryKeyStore;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.Pseudonyms;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.testing.Events;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SealingLogTest {
    private static final String JANE = "jane.roe@example.org";
    private static final String SECRET = "Jane's knee hurts";
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

    /** Looks at each erasure at once. */
    private static final DataKeySettings AT_ONCE =
            new DataKeySettings(100, Duration.ofMinutes(10), Duration.ZERO, Duration.ofSeconds(20));

    private final Partition ledger = new InMemoryLedger(Clock.systemUTC());
    private final Away store = new Away(new InMemoryKeyStore());
    private final KeyWrapper wrapper = new LocalKeyWrapper(KeyVersions.random(), "a test");
    private final KeyVersions names = KeyVersions.random();
    private final PayloadSealer sealer = sealer(names, store);
    private final EventLog log = log(sealer);

    /** Can be away. */
    private static final class Away extends ForwardingKeyStore {
        private boolean away;

        Away(WrappedKeyStore store) {
            super(store);
        }

        @Override
        public ErasureLedger erasures() {
            if (away) {
                throw new KeyServiceException(KeyServiceException.Reason.UNAVAILABLE, "the keys are away");
            }
            return super.erasures();
        }
    }

    private PayloadSealer sealer(KeyVersions pseudonymKeys, WrappedKeyStore keys) {
        return new PayloadSealer(new Pseudonyms(pseudonymKeys), new DataKeys(wrapper, keys, AT_ONCE));
    }

    private EventLog log(PayloadSealer with) {
        return new SealingLedger(ledger, Optional.of(with)).log();
    }

    private static Event about(long n, String subject, String said) {
        return Events.builder(n, "s1")
                .payload(new Payload("{\"said\":\"" + said + "\"}"))
                .dataSubjectId(subject)
                .build();
    }

    private static List<AppendOutcome> append(EventLog to, Event... events) {
        return to.append(List.of(events).stream().map(Append::of).toList(), Durability.MEMORY)
                .outcomes();
    }

    private static AppendOutcome one(EventLog to, Event event) {
        return append(to, event).getFirst();
    }

    private RecordedEvent stored(EventId id) {
        return ((Lookup.Found) ledger.log().find(id)).event();
    }

    private Pseudonym jane() {
        return new Pseudonyms(names).of(new SubjectId(JANE));
    }

    private void erase() {
        KeyErasure erasure = new KeyErasure(store);
        List<Pseudonym> all = List.of(jane());
        List<Erasures> ignored = erasure.intend(erasure.current(all), AT);
        erasure.destroy(erasure.current(all));
        ignored = erasure.complete(erasure.current(all), AT);
    }

    @Test
    void whatTheLedgerHasSaysNothingOfThePerson() {
        Event event = about(1, JANE, SECRET);
        assertThat(one(log, event)).isInstanceOf(Appended.class);
        RecordedEvent stored = stored(event.id());
        assertThat(EventJson.toJson(stored).toString()).doesNotContain(SECRET, "jane");
        assertThat(stored.event().dataSubjectId()).contains(jane().toString());
        assertThat(stored.contentHash()).isEqualTo(EventJson.hash(stored.event()));
        assertThat(sealer.open(stored.event())).contains(new PayloadSealer.Opened.Plain(event.payload()));
        assertThat(ledger.personal().events(new SubjectPseudonym(jane().toString()), 0, 10))
                .containsExactly(new PersonalEvent(1, event.id()));
    }

    @Test
    void anEventAboutNobodyIsLeftAsItIs() {
        Event event = Events.builder(1, "s1").payload(new Payload("{\"a\":1}")).build();
        assertThat(one(log, event)).isInstanceOf(Appended.class);
        assertThat(stored(event.id()).event()).isEqualTo(event);
        assertThat(sealer.open(event)).isEmpty();
    }

    @Test
    void nothingIsSealedToo() {
        Event event = Events.builder(1, "s1").dataSubjectId(JANE).build();
        assertThat(one(log, event)).isInstanceOf(Appended.class);
        assertThat(sealer.open(stored(event.id()).event())).contains(new PayloadSealer.Opened.Plain(Optional.empty()));
        assertThat(one(log, event)).isInstanceOf(Duplicate.class);
        assertThat(one(log, about(1, JANE, SECRET))).isInstanceOf(Conflict.class);
    }

    @Test
    void theSameAgainIsADuplicateThoughItIsSealedInAnotherWay() {
        Event event = about(1, JANE, SECRET);
        Appended first = (Appended) one(log, event);
        assertThat(append(log, event, event)).containsOnly(new Duplicate(event.id(), first.receipt()));
        Event spaced = event.withPayload(Optional.of(new Payload("{ \"said\" : \"" + SECRET + "\" }")));
        assertThat(one(log, spaced)).isEqualTo(new Duplicate(event.id(), first.receipt()));
        // In one call, too.
        Event other = about(2, JANE, "more");
        List<AppendOutcome> both = append(log, other, other);
        assertThat(both.getFirst()).isInstanceOf(Appended.class);
        assertThat(both.getLast()).isInstanceOf(Duplicate.class);
    }

    @Test
    void anythingElseUnderItsIdIsAConflict() {
        Event event = about(1, JANE, SECRET);
        assertThat(one(log, event)).isInstanceOf(Appended.class);
        assertThat(one(log, about(1, JANE, "Jane's foot hurts"))).isInstanceOf(Conflict.class);
        assertThat(one(log, about(1, "john.doe@example.org", SECRET))).isInstanceOf(Conflict.class);
        assertThat(one(log, event.withPayload(Optional.empty()))).isInstanceOf(Conflict.class);
        Event elsewhere = Events.builder(1, "s2")
                .payload(event.payload().orElseThrow())
                .dataSubjectId(JANE)
                .build();
        assertThat(one(log, elsewhere)).isInstanceOf(Conflict.class);
        Event aboutNobody =
                Events.builder(1, "s1").payload(event.payload().orElseThrow()).build();
        assertThat(one(log, aboutNobody)).isInstanceOf(Conflict.class);
    }

    @Test
    void aNewKeyOfPseudonymsRenamesNothing() {
        Event event = about(1, JANE, SECRET);
        Appended first = (Appended) one(log, event);
        EventLog later = log(sealer(names.rotated(), store));
        assertThat(one(later, event)).isEqualTo(new Duplicate(event.id(), first.receipt()));
        assertThat(one(later, about(2, JANE, SECRET))).isInstanceOf(Appended.class);
        assertThat(stored(Events.id(2)).event().dataSubjectId().orElseThrow()).startsWith("p2_");
        assertThat(one(later, about(2, JANE, SECRET))).isInstanceOf(Duplicate.class);
    }

    @Test
    void nothingOfWhoWasErasedIsTaken() {
        Event event = about(1, JANE, SECRET);
        assertThat(one(log, event)).isInstanceOf(Appended.class);
        erase();
        assertThat(one(log, event)).isEqualTo(new Fenced(event.id(), 1));
        assertThat(one(log, about(2, JANE, SECRET))).isEqualTo(new Fenced(Events.id(2), 1));
        assertThat(one(log, about(3, "john.doe@example.org", SECRET))).isInstanceOf(Appended.class);
        assertThat(sealer.open(stored(event.id()).event())).contains(new PayloadSealer.Opened.Erased(1));
    }

    @Test
    void whoReturnsIsTakenAnewAndWhatWasErasedStaysErased() {
        Event event = about(1, JANE, SECRET);
        Event gone = about(2, JANE, SECRET);
        assertThat(append(log, event, gone)).hasOnlyElementsOfType(Appended.class);
        erase();
        SubjectPseudonym name = new SubjectPseudonym(jane().toString());
        assertThat(ledger.personal().raise(name, 1)).isEqualTo(1);
        assertThat(ledger.personal().forget(name, List.of(new PersonalEvent(2, gone.id()))))
                .isEqualTo(1);
        List<Erasures> open = new KeyErasure(store).authorise(List.of(jane()), AT);
        assertThat(open).allMatch(Erasures::isOpen);
        assertThat(one(log, about(3, JANE, SECRET))).isInstanceOf(Appended.class);
        assertThat(one(log, about(3, JANE, SECRET))).isInstanceOf(Duplicate.class);
        assertThat(append(log, event, gone)).containsExactly(new Fenced(event.id(), 1), new Fenced(gone.id(), 1));
    }

    @Test
    void withoutKeysOnlyWhatIsAboutPersonsWaits() {
        store.away = true;
        Event nobody = Events.event(2, "s1");
        List<AppendOutcome> outcomes = append(log, about(1, JANE, SECRET), nobody);
        assertThat(outcomes.getFirst())
                .isEqualTo(new Refused(
                        Events.id(1), Reason.KEY_SERVICE_UNAVAILABLE, Reason.KEY_SERVICE_UNAVAILABLE.meaning()));
        assertThat(outcomes.getLast()).isInstanceOf(Appended.class);
        store.away = false;
        assertThat(one(log, about(1, JANE, SECRET))).isInstanceOf(Appended.class);
    }

    @Test
    void whereNoKeysAreSetNothingAboutAPersonIsTaken() {
        EventLog none = new SealingLedger(ledger, Optional.empty()).log();
        assertThat(one(none, about(1, JANE, SECRET))).isEqualTo(new Personal(Events.id(1), PersonalPayloads.FAULT));
        assertThat(one(none, Events.event(2, "s1"))).isInstanceOf(Appended.class);
    }

    @Test
    void whatIsSealedAlreadyIsTakenWhereAKeyOfOursOpensIt() {
        Event event = about(1, JANE, SECRET);
        assertThat(one(log, event)).isInstanceOf(Appended.class);
        Event sealed = stored(event.id()).event();
        Partition other = new InMemoryLedger(Clock.systemUTC());
        EventLog same = new SealingLedger(other, Optional.of(sealer)).log();
        assertThat(one(same, sealed)).isInstanceOf(Appended.class);
        assertThat(one(same, sealed)).isInstanceOf(Duplicate.class);
        assertThat(one(same, event)).isInstanceOf(Duplicate.class);
        assertThat(one(log, sealed)).isInstanceOf(Duplicate.class);
        Event moved = Events.builder(2, "s1")
                .dataSubjectId(sealed.dataSubjectId().orElseThrow())
                .payload(sealed.payload().orElseThrow())
                .build();
        assertThat(one(same, moved)).isInstanceOf(Personal.class);
        EventLog strange = new SealingLedger(
                        new InMemoryLedger(Clock.systemUTC()),
                        Optional.of(sealer(KeyVersions.random(), new InMemoryKeyStore())))
                .log();
        assertThat(one(strange, sealed)).isInstanceOf(Personal.class);
        erase();
        assertThat(one(same, sealed)).isEqualTo(new Fenced(event.id(), 1));
    }

    @Test
    void aPseudonymIsNoIdOfAPerson() {
        assertThat(one(log, about(1, jane().toString(), SECRET))).isInstanceOf(Personal.class);
        assertThat(ledger.order().head().seq()).isZero();
    }

    @Test
    void aStreamSealsToo() {
        var stream = log.stream(Durability.MEMORY);
        Event event = about(1, JANE, SECRET);
        assertThat(stream.write(List.of(Append.of(event))).await().outcomes()).hasOnlyElementsOfType(Appended.class);
        assertThat(stream.write(List.of(Append.of(event))).await().outcomes()).hasOnlyElementsOfType(Duplicate.class);
        assertThat(EventJson.toJson(stored(event.id())).toString()).doesNotContain(SECRET);
    }
}
