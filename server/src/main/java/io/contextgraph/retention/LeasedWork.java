// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.FencedException;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.operation.WorkFailedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that one server does at a time.
 *
 * @param owner names this process to the others
 * @param pause rest between two steps
 */
record LeasedWork(Lease lease, String owner, Duration pause, InstantSource clock) {
    /** What there is between two steps: rests, and keeps the lease. */
    @FunctionalInterface
    interface Between {
        void steps();
    }

    private static final Logger LOG = LoggerFactory.getLogger(LeasedWork.class);
    private static final int RENEWALS = 3;

    /**
     * Works.
     *
     * @param silence how long it may say nothing between two steps
     * @param work told what to do between two steps
     * @return empty where another one has the lease
     * @throws WorkFailedException where another one has taken over
     */
    <T> Optional<T> run(Duration silence, Rest rest, BiFunction<Fence, Between, T> work) {
        Optional<Fence> fence = lease.take(owner, silence);
        try {
            return fence.map(held -> work.apply(held, new Renewal(held, silence, rest)));
        } catch (FencedException lost) {
            throw new WorkFailedException("another server has taken over: " + lost.getMessage(), lost);
        } finally {
            fence.ifPresent(this::release);
        }
    }

    private void release(Fence fence) {
        try {
            lease.release(fence);
        } catch (LedgerException away) {
            LOG.debug("retention: the lease goes by itself", away);
        }
    }

    /** Keeps the lease while there is work. */
    private final class Renewal implements Between {
        private final Fence fence;
        private final Duration silence;
        private final Rest rest;
        private Instant last = clock.instant();

        Renewal(Fence fence, Duration silence, Rest rest) {
            this.fence = fence;
            this.silence = silence;
            this.rest = rest;
        }

        @Override
        public void steps() {
            requireGoing(rest.stoppedWithin(pause));
            Instant now = clock.instant();
            if (now.isBefore(last.plus(silence.dividedBy(RENEWALS)))) {
                return;
            }
            if (!lease.renew(fence, silence)) {
                throw new FencedException("the lease has run out");
            }
            last = now;
        }
    }

    static void requireGoing(boolean stopped) {
        if (stopped) {
            throw new CancellationException("the server ends");
        }
    }
}
