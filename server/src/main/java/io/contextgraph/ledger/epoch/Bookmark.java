// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.epoch;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far somebody has read, and of which ledger. Opaque to clients, who may only hand it back.
 *
 * <p><b>Shape.</b> {@code <ledger>:<partition>:<epoch>:<seq>:<position>} as text; of the id of the ledger its first
 * {@value #ID_DIGITS} digits, which tell it from another one.
 *
 * @param ledger {@value #NONE} for one without events
 * @param seen the newest event that was read, or could have been
 */
public record Bookmark(String ledger, int partition, long epoch, Head seen) {
    private static final int ID_DIGITS = 8;
    private static final String NONE = "-";
    private static final Pattern TEXT =
            Pattern.compile("([0-9a-f]{8}|-):(\\d{1,5}):(\\d{1,15}):(\\d{1,18}):(\\d{1,19}-\\d{1,19}(?:@\\d{1,5})?)");

    /** Of whoever has read a ledger so far. */
    public static Bookmark of(LedgerIdentity identity, Head seen) {
        return new Bookmark(name(identity), identity.partition(), identity.epoch(), seen);
    }

    /** Reads the text form; empty for anything else. */
    public static Optional<Bookmark> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        return Position.parse(parts.group(5))
                .map(position -> new Bookmark(
                        parts.group(1),
                        Integer.parseInt(parts.group(2)),
                        Long.parseLong(parts.group(3)),
                        new Head(Long.parseLong(parts.group(4)), position)));
    }

    /** Whether the ledger had no event when it was asked which one it is. */
    boolean isOfNone() {
        return ledger.equals(NONE);
    }

    /** Whether it is of this ledger, whatever epoch. */
    boolean isOf(LedgerIdentity identity) {
        return ledger.equals(name(identity)) && partition == identity.partition();
    }

    private static String name(LedgerIdentity identity) {
        return identity.id().map(id -> id.substring(0, ID_DIGITS)).orElse(NONE);
    }

    @Override
    public String toString() {
        return ledger + ":" + partition + ":" + epoch + ":" + seen.seq() + ":" + seen.position();
    }
}
