// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Appends that are written one behind the other, each while those before it still wait for the disk.
 *
 * <p><b>Guarantees.</b> As long as one waits, the next is written only to a Redis that has it: not after a restart, a failover or a
 * failure, behind which it would stand before what is sent again.
 */
final class RedisAppendStream implements AppendStream {
    /** Appends once more those events whose sessions had lost their entries and have them again. */
    interface Mending {
        List<AppendOutcome> mended(List<Append> appends, List<AppendOutcome> first, Durability atLeast);
    }

    private final Appender appender;
    private final Durability atLeast;
    private final Consumer<List<Append>> check;
    private final Mending mending;
    private final Deque<AppendBatch> unanswered = new ArrayDeque<>();
    private @Nullable LedgerException failure;

    RedisAppendStream(Appender appender, Durability atLeast, Consumer<List<Append>> check, Mending mending) {
        this.appender = appender;
        this.atLeast = atLeast;
        this.check = check;
        this.mending = mending;
    }

    @Override
    public Written write(List<Append> appends) {
        check.accept(appends);
        LedgerException before = failure;
        if (before != null) {
            throw LedgerException.again(before);
        }
        try {
            return begin(appends);
        } catch (LedgerException failed) {
            failure = failed;
            throw failed;
        }
    }

    private Written begin(List<Append> appends) {
        while (!unanswered.isEmpty() && unanswered.getFirst().isAnswered()) {
            unanswered.removeFirst().requireWhole();
        }
        for (AppendBatch earlier : unanswered) {
            earlier.requireWhole();
        }
        String after = unanswered.isEmpty() ? "" : unanswered.getLast().history();
        AppendBatch batch = appender.begin(appends, atLeast, after);
        List<AppendOutcome> outcomes = mending.mended(appends, batch.outcomes(), atLeast);
        batch.forgetItems();
        unanswered.add(batch);
        return () -> {
            appender.await(batch, atLeast);
            return new AppendResult(outcomes, atLeast);
        };
    }
}
