// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.subject;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.Catalog;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentReader;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.privacy.SealBrokenException;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.Pseudonyms;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.sealing.PayloadSealer;
import io.contextgraph.privacy.sealing.PayloadSealer.Opened;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds what is about a person.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.privacy.key.KeyServiceException} where keys cannot be had, {@link
 * io.contextgraph.ledger.LedgerException} where the ledger does not answer, {@link
 * io.contextgraph.storage.StorageException} and {@link ArchiveException} where the archive cannot be read.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Subjects {
    private final Ledger ledger;
    private final Supplier<List<Archive>> archives;
    private final Pseudonyms pseudonyms;
    private final WrappedKeyStore store;
    private final PayloadSealer sealer;

    /** @param archives those of all partitions; none where events are not archived */
    public Subjects(
            Ledger ledger,
            Supplier<List<Archive>> archives,
            Pseudonyms pseudonyms,
            WrappedKeyStore store,
            PayloadSealer sealer) {
        this.ledger = ledger;
        this.archives = archives;
        this.pseudonyms = pseudonyms;
        this.store = store;
        this.sealer = sealer;
    }

    /**
     * Opens the payload of an event; empty where none is sealed.
     *
     * @throws io.contextgraph.privacy.SealBrokenException when it is not what was sealed for this event
     */
    public Optional<Opened> open(Event event) {
        return sealer.open(event);
    }

    /** What stands for a person in records and answers. */
    public Pseudonym nameOf(SubjectId subject) {
        return pseudonyms.of(subject);
    }

    /** All that may stand for a person, the newest first; also by keys that were made since this began. */
    public List<Pseudonym> namesOf(SubjectId subject) {
        pseudonyms.renew();
        return pseudonyms.all(subject);
    }

    /** Where what is about a person is. */
    public SubjectStanding standing(SubjectId subject) {
        Map<String, Long> parked = parked();
        return new SubjectStanding(namesOf(subject).stream()
                .map(name -> standing(name, parked.getOrDefault(name.toString(), 0L)))
                .toList());
    }

    /** Whether anything is known of a person: a key, an erasure, a payload, or an entry that is set aside. */
    public boolean isKnown(SubjectId subject) {
        List<Pseudonym> names = namesOf(subject);
        return new KeyErasure(store).knows(names)
                || names.stream().anyMatch(name -> ledger.personal().count(ledgerName(name)) > 0)
                || names.stream().map(Pseudonym::toString).anyMatch(parked()::containsKey);
    }

    private SubjectStanding.Name standing(Pseudonym name, long parked) {
        Erasures erasures = store.erasures().find(name);
        int erased = erasures.erasedThrough();
        return new SubjectStanding.Name(
                name,
                ledger.personal().count(ledgerName(name)),
                parked,
                KeyErasure.isThere(store, new KeyId(name, erasures.generation())),
                erased,
                erased == 0 ? Optional.empty() : erasures.intended(erased));
    }

    private static SubjectPseudonym ledgerName(Pseudonym name) {
        return new SubjectPseudonym(name.toString());
    }

    /** How many entries are set aside, by the pseudonym of whom they are about. */
    private Map<String, Long> parked() {
        Map<String, Long> counts = new HashMap<>();
        ledger.parking()
                .each(entry -> entry.event()
                        .flatMap(event -> event.event().dataSubjectId())
                        .ifPresent(name -> counts.merge(name, 1L, Long::sum)));
        return counts;
    }

    /**
     * What an export has told.
     *
     * @param ledger events that the ledger has
     * @param archived events that only the archive has
     * @param unread events whose payloads do not open, and segments of the archive that could not be read
     */
    public record Exported(long ledger, long archived, List<String> unread) {
        public Exported {
            unread = List.copyOf(unread);
        }
    }

    /**
     * Tells each event that has something sealed about a person, as answers have it, its payload opened: first those of the
     * ledger, in the order of their numbers for each pseudonym and partition, then those that only an archive has, which is read
     * whole.
     * One whose payload nobody can open any more has {@code "erased": true}.
     */
    public Exported export(SubjectId subject, Consumer<ObjectNode> told) {
        List<Pseudonym> names = namesOf(subject);
        List<String> unread = new ArrayList<>();
        long count = 0;
        for (Pseudonym name : names.reversed()) {
            count += exportLedger(ledgerName(name), told, unread);
        }
        Set<String> texts = names.stream().map(Pseudonym::toString).collect(Collectors.toSet());
        long archived = 0;
        for (Archive archive : archives.get()) {
            archived += exportArchive(archive, texts, told, unread);
        }
        return new Exported(count, archived, unread);
    }

    private long exportLedger(SubjectPseudonym name, Consumer<ObjectNode> told, List<String> unread) {
        long[] count = {0};
        for (Partition partition : ledger.partitions()) {
            partition.personal().pages(name, page -> {
                for (PersonalEvent one : page) {
                    if (partition.log().find(one.id()) instanceof Lookup.Found found) {
                        told.accept(opened(found.event(), unread));
                        count[0]++;
                    }
                }
            });
        }
        return count[0];
    }

    private long exportArchive(Archive all, Set<String> names, Consumer<ObjectNode> told, List<String> unread) {
        Catalog catalog = all.list();
        long count = 0;
        catalog.faults().forEach(fault -> unread.add(fault.toString()));
        for (Segment segment : catalog.segments()) {
            try (SegmentReader reader = all.read(segment)) {
                Optional<RecordedEvent> next = reader.next();
                while (next.isPresent()) {
                    Event event = next.get().event();
                    if (event.dataSubjectId().filter(names::contains).isPresent() && !isThere(event)) {
                        told.accept(opened(next.get(), unread));
                        count++;
                    }
                    next = reader.next();
                }
            } catch (ArchiveException damaged) {
                unread.add(damaged.fault().toString());
            }
        }
        return count;
    }

    private boolean isThere(Event event) {
        return ledger.partitionOf(event.sessionId()).log().find(event.id()) instanceof Lookup.Found;
    }

    private ObjectNode opened(RecordedEvent recorded, List<String> unread) {
        ObjectNode json = EventJson.toJson(recorded);
        Optional<Opened> opened;
        try {
            opened = sealer.open(recorded.event());
        } catch (SealBrokenException broken) {
            return unread(json, recorded, unread);
        } catch (KeyServiceException damaged) {
            if (damaged.reason() != KeyServiceException.Reason.DAMAGED) {
                throw damaged;
            }
            return unread(json, recorded, unread);
        }
        Optional<Payload> payload =
                opened.flatMap(one -> one instanceof Opened.Plain plain ? plain.payload() : Optional.empty());
        json.set(EventFields.PAYLOAD, SubjectJson.of(payload));
        if (opened.isEmpty() || opened.get() instanceof Opened.Erased) {
            json.put("erased", true);
        }
        return json;
    }

    /** As it is stored: what is sealed does not open. */
    private static ObjectNode unread(ObjectNode json, RecordedEvent recorded, List<String> unread) {
        boolean ignored = unread.add("event " + recorded.event().id());
        return json;
    }
}
