// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The revision of the ledger of erasures, read again when it is too old: by one of those who ask, for all of them. That it
 * cannot be read is remembered for as long, so that a key service that is away does not hold up everybody again and again.
 */
final class Revisions {
    private static final Duration LONGEST_FAILURE = Duration.ofSeconds(1);

    private final ErasureLedger ledger;
    private final DataKeySettings settings;
    private final LongSupplier nanos;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Seen seen;

    Revisions(ErasureLedger ledger, DataKeySettings settings, LongSupplier nanos) {
        this.ledger = ledger;
        this.settings = settings;
        this.nanos = nanos;
    }

    /** @param at before it was read */
    private record Seen(@Nullable String revision, @Nullable KeyServiceException failure, long at) {
        String get() {
            if (failure != null) {
                throw KeyServiceException.again(failure);
            }
            return String.valueOf(revision);
        }
    }

    /** One that was not older than the settings say when this was called. */
    String current() {
        Seen known = seen;
        if (known != null && isFresh(known)) {
            return known.get();
        }
        Waiting.lock(reading, settings.patience(), "the ledger of erasures");
        try {
            known = seen;
            if (known == null || !isFresh(known)) {
                known = read();
                seen = known;
            }
        } finally {
            reading.unlock();
        }
        return known.get();
    }

    private Seen read() {
        long before = nanos.getAsLong();
        try {
            return new Seen(ledger.revision(), null, before);
        } catch (KeyServiceException failed) {
            // From when it failed: it may have taken long.
            return new Seen(null, failed, nanos.getAsLong());
        }
    }

    private boolean isFresh(Seen known) {
        Duration most = known.failure() == null || settings.recheck().compareTo(LONGEST_FAILURE) < 0
                ? settings.recheck()
                : LONGEST_FAILURE;
        return nanos.getAsLong() - known.at() < most.toNanos();
    }

    /** Waits that end. */
    static final class Waiting {
        private Waiting() {}

        static void lock(ReentrantLock lock, Duration patience, String what) {
            try {
                if (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new KeyServiceException(
                            Reason.UNAVAILABLE, what + " was being read for more than " + patience.toSeconds() + " s");
                }
            } catch (InterruptedException asked) {
                Thread.currentThread().interrupt();
                throw new KeyServiceException(Reason.UNAVAILABLE, "interrupted while waiting for " + what, asked);
            }
        }
    }
}
