// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.sealing;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.forward.Sifted;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.privacy.SealBrokenException;
import io.contextgraph.privacy.SealedPayload;
import io.contextgraph.privacy.Sealer;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.Pseudonyms;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.key.SubjectKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Seals the payloads of events about persons by the keys of these, and opens them.
 *
 * <p><b>Errors.</b> {@link KeyServiceException} where keys cannot be had.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class PayloadSealer {
    /** What is sealed where an event has no payload: so that it is about a person in the same way as any other. */
    private static final byte[] NOTHING = {};

    private static final Fault FOREIGN = new Fault(
            "/" + EventFields.PAYLOAD,
            PersonalPayloads.CODE,
            "is sealed by a key that is not in the store of keys of this server, or for another event: nothing was stored");

    private static final Fault BARE = new Fault(
            "/" + EventFields.DATA_SUBJECT_ID,
            PersonalPayloads.CODE,
            "is a pseudonym, under which only a sealed payload is taken: nothing was stored");

    private final Pseudonyms pseudonyms;
    private final DataKeys keys;

    public PayloadSealer(Pseudonyms pseudonyms, DataKeys keys) {
        this.pseudonyms = pseudonyms;
        this.keys = keys;
    }

    /**
     * Seals the payload of an event about a person; one that is sealed already passes as it is, where a key of ours opens it.
     *
     * @param append of an event with a subject
     */
    Sifted seal(Append append) {
        Event event = append.event();
        String subject = event.dataSubjectId().orElseThrow();
        Optional<Pseudonym> named = Pseudonym.parse(subject);
        if (named.isPresent()) {
            return SealedForm.of(event).isPresent()
                    ? sealedBefore(append)
                    : new Sifted.Known(new AppendOutcome.Personal(event.id(), BARE));
        }
        return switch (keys.forSealing(pseudonyms.all(new SubjectId(subject)))) {
            case SubjectKey.Usable usable -> {
                SealedPayload sealed = Sealer.seal(usable.key(), event.id(), plain(event));
                Event under = event.about(sealed.subject().toString(), new Payload(sealed.toJson()));
                yield new Sifted.Passed(new Append(under, append.expected(), append.original()));
            }
            case SubjectKey.Forgotten forgotten ->
                fenced(event.id(), forgotten.id().generation());
        };
    }

    private static byte[] plain(Event event) {
        return event.payload()
                .map(payload -> payload.json().getBytes(StandardCharsets.UTF_8))
                .orElse(NOTHING);
    }

    private static Sifted fenced(EventId id, int generation) {
        return new Sifted.Known(new AppendOutcome.Fenced(id, generation));
    }

    /** What another ledger has sealed by the same keys, or this one. */
    private Sifted sealedBefore(Append append) {
        EventId id = append.event().id();
        SealedPayload payload = parsed(append.event().payload().orElseThrow());
        try {
            return switch (keys.forOpening(payload.subject(), payload.generation())) {
                case SubjectKey.Usable usable -> {
                    byte[] ignored = Sealer.open(usable.key(), id, payload);
                    yield new Sifted.Passed(append);
                }
                case SubjectKey.Forgotten ignored -> fenced(id, payload.generation());
            };
        } catch (SealBrokenException foreign) {
            return new Sifted.Known(new AppendOutcome.Personal(id, FOREIGN));
        } catch (KeyServiceException none) {
            if (none.reason() == Reason.DAMAGED) {
                return new Sifted.Known(new AppendOutcome.Personal(id, FOREIGN));
            }
            throw none;
        }
    }

    private static SealedPayload parsed(Payload payload) {
        return SealedPayload.parse(payload.json());
    }

    /**
     * What is to be said of an event about a person whose id is taken.
     *
     * @param stored under that id
     * @param offered in plain, or sealed
     * @return that it is the same, or that its person was erased; empty where it is another event
     * @throws SealBrokenException when what is stored does not open
     */
    Optional<AppendOutcome> again(RecordedEvent stored, Event offered) {
        Event there = stored.event();
        Optional<Pseudonym> subject = there.dataSubjectId().flatMap(Pseudonym::parse);
        if (subject.isEmpty()
                || !names(offered.dataSubjectId().orElseThrow()).contains(subject.get())
                || !bare(there).equals(bare(offered))) {
            return Optional.empty();
        }
        if (PersonalPayloads.isForgotten(there)) {
            int erased = keys.erasures(subject.get()).erasedThrough();
            return erased == 0 ? Optional.empty() : Optional.of(new AppendOutcome.Fenced(there.id(), erased));
        }
        return switch (open(there).orElseThrow()) {
            case Opened.Plain plain ->
                same(plain.payload(), offered)
                        ? Optional.of(new AppendOutcome.Duplicate(
                                there.id(),
                                new AppendOutcome.Receipt(
                                        stored.position(), stored.seq(), stored.sessionSeq(), stored.recordedAt())))
                        : Optional.empty();
            case Opened.Erased erased -> Optional.of(new AppendOutcome.Fenced(there.id(), erased.generation()));
        };
    }

    private List<Pseudonym> names(String subject) {
        return Pseudonym.parse(subject).map(List::of).orElseGet(() -> pseudonyms.all(new SubjectId(subject)));
    }

    /** All that is not sealed. */
    private static Event bare(Event event) {
        return event.aboutNobody();
    }

    private boolean same(Optional<Payload> stored, Event offered) {
        Optional<Payload> other = SealedForm.of(offered).isEmpty()
                ? offered.payload()
                : open(offered)
                        .flatMap(opened -> opened instanceof Opened.Plain plain ? plain.payload() : Optional.empty());
        return stored.isPresent() == other.isPresent()
                && stored.map(payload -> Arrays.equals(canonical(payload), canonical(other.orElseThrow())))
                        .orElse(true);
    }

    private static byte[] canonical(Payload payload) {
        return Json.canonical(Json.MAPPER.readTree(payload.json()));
    }

    /** What came of opening a payload. */
    public sealed interface Opened {
        /**
         * It was opened.
         *
         * @param payload empty where the event brought none
         */
        record Plain(Optional<Payload> payload) implements Opened {}

        /**
         * The person was erased, and nobody can open it any more.
         *
         * @param generation of the key that sealed it
         */
        record Erased(int generation) implements Opened {}
    }

    /**
     * Opens the payload of an event; empty where none is sealed.
     *
     * @throws SealBrokenException when it is not what was sealed for this event
     */
    public Optional<Opened> open(Event event) {
        return SealedForm.of(event).map(form -> {
            SealedPayload payload = parsed(form.payload());
            return switch (keys.forOpening(payload.subject(), payload.generation())) {
                case SubjectKey.Usable usable -> new Opened.Plain(text(Sealer.open(usable.key(), event.id(), payload)));
                case SubjectKey.Forgotten ignored -> new Opened.Erased(payload.generation());
            };
        });
    }

    private static Optional<Payload> text(byte[] plain) {
        return plain.length == 0
                ? Optional.empty()
                : Optional.of(new Payload(new String(plain, StandardCharsets.UTF_8)));
    }
}
