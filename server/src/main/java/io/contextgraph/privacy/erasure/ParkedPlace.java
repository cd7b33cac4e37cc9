// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.Envelope;
import io.contextgraph.event.EventField;
import io.contextgraph.event.EventFields;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.Parking;
import io.contextgraph.privacy.key.Pseudonym;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Entries that groups have set aside. Those of events about a person have their envelopes, which stay; one that has anything else
 * is no entry of this product, and is taken out.
 *
 * @param parking where they are
 */
public record ParkedPlace(Parking parking) implements ErasurePlace {
    private static final Set<String> OWN = own();

    private static Set<String> own() {
        Set<String> own = new HashSet<>(Set.of(
                EventFields.GLOBAL_POSITION,
                EventFields.SEQ,
                EventFields.SESSION_SEQ,
                EventFields.RECORDED_AT,
                EventFields.CONTENT_HASH));
        for (EventField field : Envelope.FIELDS) {
            if (!(field instanceof EventField.Content)) {
                boolean ignored = own.add(field.name());
            }
            if (field instanceof EventField.Time time) {
                boolean ignored = own.add(time.millisName());
            }
        }
        return Set.copyOf(own);
    }

    @Override
    public String name() {
        return "parked";
    }

    @Override
    public Sweep sweep(List<Pseudonym> names) {
        Set<String> subjects = names.stream().map(Pseudonym::toString).collect(Collectors.toSet());
        long[] found = {0};
        parking.each(entry -> {
            if (isAbout(entry, subjects)) {
                found[0]++;
                boolean ignored = !OWN.containsAll(entry.fields().keySet()) && parking.release(entry.id());
            }
        });
        return new Sweep(
                name(),
                found[0],
                "entries with anything but the envelope of an event were taken out; envelopes stay, and have no payload",
                List.of(),
                "");
    }

    private static boolean isAbout(ParkedEntry entry, Set<String> subjects) {
        String named = entry.fields().getOrDefault(EventFields.DATA_SUBJECT_ID, "");
        return subjects.contains(named)
                || entry.event()
                        .flatMap(event -> event.event().dataSubjectId())
                        .filter(subjects::contains)
                        .isPresent();
    }
}
