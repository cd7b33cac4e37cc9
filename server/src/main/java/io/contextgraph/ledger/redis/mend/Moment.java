// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What was looked at in one moment: events leave the index and return to it while a ledger is examined, so that what looks
 * wrong may only be older, or newer, than what it was held against.
 *
 * @param unindexed the number of the last event that the index did not have then
 * @param replies to each command
 */
record Moment(long unindexed, List<Optional<byte[]>> replies) {
    private static final Script LOOK = new Script("mend/look.lua");

    static Moment of(Redis redis, Keys keys, RawCommand... commands) {
        Set<String> names = new LinkedHashSet<>(List.of(keys.ledger()));
        List<byte[]> arguments = new ArrayList<>();
        for (RawCommand command : commands) {
            names.addAll(command.keys());
            arguments.addAll(command.counted());
        }
        List<?> told =
                (List<?>) redis.write(LOOK, names.stream().map(Keys::bytes).toList(), arguments);
        List<Optional<byte[]>> replies = new ArrayList<>();
        for (Object reply : told.subList(1, told.size())) {
            replies.add(Optional.ofNullable((byte[]) reply));
        }
        String text = Keys.text((byte[]) told.getFirst());
        return new Moment(text.isEmpty() ? 0 : unindexed(text).seq(), replies);
    }

    /** Empty where it is damaged. */
    static Head unindexed(String text) {
        try {
            return LedgerHeader.unindexed(text);
        } catch (LedgerException damaged) {
            return Head.EMPTY;
        }
    }

    /** Whether the index did not have an event then. */
    boolean isCold(long seq) {
        return seq <= unindexed;
    }
}
