// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.mend;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something that is stored of a ledger and is not as an append leaves it.
 *
 * @param kind what it is
 * @param key where it is
 * @param message in words, with ids, numbers and positions
 * @param remedy what mending does about it; empty where nothing brings it back
 */
public record Damage(Kind kind, String key, String message, Optional<String> remedy) {
    private static final Pattern SEQ = Pattern.compile("\\bseq (\\d{1,18})\\b");

    /** The number of the first event that the message names; empty where it names none. */
    public OptionalLong seq() {
        Matcher named = SEQ.matcher(message);
        return named.find() ? OptionalLong.of(Long.parseLong(named.group(1))) : OptionalLong.empty();
    }

    /** What it is. */
    public enum Kind {
        /** A key holds a value of a type that no ledger has there. */
        FOREIGN_VALUE,
        /** A stream has an entry that no append has left there. */
        FOREIGN_ENTRY,
        /** An entry of an event that was never written whole, and so never acknowledged. */
        HALF_EVENT,
        /** A key, a member or a field that belongs to no event. */
        ORPHAN,
        /** A stream has had an id beyond every position: nothing can be added to it for a long time. */
        FUTURE_ID,
        /** The head is not that of the newest event. */
        HEAD,
        /** The pages of ids lack some, or have others. */
        NUMBERS,
        /** A stream lacks entries, or has them otherwise. */
        STREAM,
        /** A document is missing, or says something else than its event. */
        DOCUMENT,
        /** The entry of a session is missing, or wrong. */
        SESSION,
        /** The directory lacks sessions, or has them in a wrong place. */
        DIRECTORY,
        /** The event types that occur are not all named, or others are. */
        TYPES,
        /** An index lacks events, or is missing. */
        INDEX,
        /** A consumer group would be given none of the next events. */
        GROUP,
        /** What is told of parked entries is not what is there. */
        PARKED,
        /** What keeps the events of an erased person out says nothing. */
        FENCE,
        /** What is known of events that are gone is missing, or wrong. */
        GONE,
        /** What other ledgers had assigned to imported events is missing. */
        ORIGINALS,
        /** An event that is nowhere any more, or of which only the number is left. */
        LOST_EVENT,
        /** An event whose content is not that of its hash. */
        ALTERED_EVENT;

        /** As it stands in answers. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
