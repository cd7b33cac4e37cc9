// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.event.Event;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.personal.UnfencedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Fences, and what of a ledger in memory is about persons. Guarded by the ledger's lock. */
final class InMemoryPersonal implements PersonalEvents {
    private final InMemoryLedger ledger;
    private final InMemoryErasures records;
    private final Map<SubjectPseudonym, Integer> fences = new HashMap<>();

    InMemoryPersonal(InMemoryLedger ledger) {
        this.ledger = ledger;
        this.records = new InMemoryErasures(ledger);
    }

    /** What keeps a new event out because of whom it is about. */
    Optional<AppendOutcome> refusal(Event event) {
        if (PersonalPayloads.isInPlain(event)) {
            return Optional.of(new AppendOutcome.Personal(event.id()));
        }
        return SealedForm.of(event)
                .filter(this::isFenced)
                .map(form -> new AppendOutcome.Fenced(event.id(), height(form.subject())));
    }

    private boolean isFenced(SealedForm form) {
        return form.generation() <= height(form.subject());
    }

    private int height(SubjectPseudonym subject) {
        return fences.getOrDefault(subject, 0);
    }

    /** An event as it comes back: without its payload where that has been erased meanwhile. */
    RecordedEvent restored(RecordedEvent event) {
        return SealedForm.of(event.event()).filter(this::isFenced).isPresent()
                ? event.withPayload(Optional.empty())
                : event;
    }

    @Override
    public int raise(SubjectPseudonym subject, int generation) {
        SealedForm.requireGeneration(generation);
        return ledger.locked(() -> fences.merge(subject, generation, Math::max));
    }

    @Override
    public OptionalInt fence(SubjectPseudonym subject) {
        int height = ledger.locked(() -> height(subject));
        return height == 0 ? OptionalInt.empty() : OptionalInt.of(height);
    }

    @Override
    public List<PersonalEvent> events(SubjectPseudonym subject, long afterSeq, int max) {
        PersonalEvents.requirePage(afterSeq, max);
        return ledger.locked(() ->
                all(subject).filter(event -> event.seq() > afterSeq).limit(max).toList());
    }

    private Stream<PersonalEvent> all(SubjectPseudonym subject) {
        return ledger.events.stream()
                .filter(event -> event.event().dataSubjectId().equals(Optional.of(subject.value())))
                .filter(event -> ledger.documents.hasPayload(event.event().id()))
                .map(event -> new PersonalEvent(event.seq(), event.event().id()));
    }

    @Override
    public int forget(SubjectPseudonym subject, List<PersonalEvent> events) {
        PersonalEvents.requireStep(events);
        return ledger.locked(() -> {
            Map<?, Payload> payloads = ledger.documents.payloads(
                    events.stream().map(PersonalEvent::id).toList());
            List<PersonalEvent> own = events.stream()
                    .filter(event -> form(payloads.get(event.id()))
                            .filter(form -> form.subject().equals(subject))
                            .isPresent())
                    .toList();
            if (!own.stream()
                    .allMatch(event -> form(payloads.get(event.id()))
                            .filter(this::isFenced)
                            .isPresent())) {
                throw new UnfencedException(subject);
            }
            return (int) own.stream()
                    .filter(event -> ledger.documents.forgetPayload(event.id()))
                    .count();
        });
    }

    private static Optional<SealedForm> form(@Nullable Payload payload) {
        return Optional.ofNullable(payload).flatMap(SealedForm::parse);
    }

    @Override
    public ErasureRecords erasures() {
        return records;
    }

    @Override
    public long count(SubjectPseudonym subject) {
        return ledger.locked(() -> all(subject).count());
    }
}
