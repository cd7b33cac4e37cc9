// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The ids of the persons whom some events are about: none of them may stand in the envelope of an event, whomever that one is
 * about, nor in what is told.
 *
 * <p><b>Threads.</b> Belongs to one thread.
 */
public final class NamedPersons {
    /** What is told in the place of an id. */
    static final String SOMEBODY = "(a person)";

    private static final List<String> NAMES =
            List.of(EventFields.SESSION_ID, EventFields.AGENT_ID, EventFields.TRACE_ID, EventFields.TOOL_NAME);

    private final Set<String> ids = new HashSet<>();
    private final NavigableSet<Integer> lengths = new TreeSet<>();

    /** One more. */
    public void add(String id) {
        String lower = lower(id);
        if (ids.add(lower)) {
            boolean ignored = lengths.add(lower.length());
        }
    }

    /** Letter by letter, so that places are the same. */
    private static String lower(String text) {
        char[] letters = text.toCharArray();
        for (int i = 0; i < letters.length; i++) {
            letters[i] = Character.toLowerCase(letters[i]);
        }
        return new String(letters);
    }

    /** What is wrong with the names in an envelope: each that is the id of a person, or has a longer one in it as a word. */
    public List<Fault> faults(JsonNode envelope) {
        List<Fault> faults = new ArrayList<>();
        for (String name : NAMES) {
            if (!ids.isEmpty() && isNamedIn(envelope.path(name).stringValue(""))) {
                faults.add(new Fault(
                        "/" + name,
                        SubjectRules.CODE,
                        "has the id of a person whom events here are about, where it could never be erased: name it"
                                + " otherwise"));
            }
        }
        return faults;
    }

    private boolean isNamedIn(String text) {
        String lower = lower(text);
        if (ids.contains(lower)) {
            return true;
        }
        for (int length : lengths.tailSet(SubjectRules.LONG)) {
            for (int at = 0; at + length <= lower.length(); at++) {
                if (isWord(lower, at, at + length) && ids.contains(lower.substring(at, at + length))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A text without the ids: short ones where they are words. */
    public String leftOutOf(String text) {
        if (ids.isEmpty()) {
            return text;
        }
        String lower = lower(text);
        StringBuilder told = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int length = lengthAt(lower, at);
            told.append(length == 0 ? text.substring(at, at + 1) : SOMEBODY);
            at += Math.max(1, length);
        }
        return told.toString();
    }

    /** Of the longest id that stands there; 0 where none does. */
    private int lengthAt(String lower, int at) {
        for (int length : lengths.headSet(lower.length() - at, true).descendingSet()) {
            int end = at + length;
            if ((length >= SubjectRules.LONG || isWord(lower, at, end)) && ids.contains(lower.substring(at, end))) {
                return length;
            }
        }
        return 0;
    }

    private static boolean isWord(String text, int from, int to) {
        return (from == 0 || !Character.isLetterOrDigit(text.charAt(from - 1)))
                && (to == text.length() || !Character.isLetterOrDigit(text.charAt(to)));
    }
}
