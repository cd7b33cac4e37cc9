// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What the envelope of an event must not say of the person whom it is about: it is not sealed, and never erased.
 *
 * <p><b>Shape.</b> No id and no free text equals the person's id, or contains it where that has {@value #LONG} characters or more;
 * capitals and small letters are the same here. Ids and digests whose digits were made by chance have many a number in them by
 * chance, too: they may have it in them, and not be it.
 */
final class SubjectRules {
    /** The code of the fault. */
    static final String CODE = "names_subject";

    /** A shorter id is in many a word by chance. */
    static final int LONG = 6;

    /** Hexadecimal digits that nobody has chosen: a UUID, the id of a trace or a span, a digest. */
    private static final Pattern BY_CHANCE =
            Pattern.compile("(?<![0-9a-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,})(?![0-9a-z])");

    private static final Pattern LETTER = Pattern.compile("[a-f]");

    private SubjectRules() {}

    /** What is wrong with an event; nothing where it is about nobody. */
    static List<Fault> faults(Event event) {
        List<Fault> faults = new ArrayList<>();
        event.dataSubjectId().ifPresent(subject -> {
            String person = subject.toLowerCase(Locale.ROOT);
            checkId(person, EventFields.EVENT_ID, event.id(), faults);
            event.parentId().ifPresent(id -> checkId(person, EventFields.PARENT_EVENT_ID, id, faults));
            check(person, EventFields.SESSION_ID, event.sessionId().value(), faults);
            check(person, EventFields.AGENT_ID, event.agentId(), faults);
            check(person, EventFields.TRACE_ID, event.traceId(), faults);
            check(person, EventFields.EVENT_TYPE, event.type().value(), faults);
            if (!event.payloadRef().equals(Event.storedPayloadRef(event.id()))) {
                check(person, EventFields.PAYLOAD_REF, event.payloadRef(), faults);
            }
            event.toolName().ifPresent(tool -> check(person, EventFields.TOOL_NAME, tool, faults));
        });
        return List.copyOf(faults);
    }

    private static void check(String person, String field, String value, List<Fault> faults) {
        String text = value.toLowerCase(Locale.ROOT);
        if (text.equals(person)
                || (person.length() >= LONG && chosen(text, person).contains(person))) {
            faults.add(fault(field));
        }
    }

    /** A text without what was made by chance, unless that is the id of the person itself; a number may be chosen. */
    private static String chosen(String text, String person) {
        return BY_CHANCE
                .matcher(text)
                .replaceAll(found -> found.group().equals(person)
                                || !LETTER.matcher(found.group()).find()
                        ? found.group()
                        : " ");
    }

    /** The digits of an id that was made by chance have many a short id in them by chance, too. */
    private static void checkId(String person, String field, EventId id, List<Fault> faults) {
        if (id.toString().equals(person)) {
            faults.add(fault(field));
        }
    }

    private static Fault fault(String field) {
        return new Fault(
                "/" + field,
                CODE,
                "has the id of the person whom the event is about, where it could never be erased: name it otherwise");
    }
}
