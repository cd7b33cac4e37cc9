// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import io.contextgraph.ops.BackgroundThread;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys as a server knows them: read anew all the time, so that no request waits for the store.
 *
 * <p><b>Guarantees.</b> What changes in the store counts within {@link #EVERY} and the time of one read. While the store
 * cannot be read, what was read last counts for {@link #PATIENCE}; then nobody is let in: a key might have been revoked.
 *
 * <p><b>Threads.</b> Safe for threads; a thread of its own reads.
 */
public final class KeyRing implements AutoCloseable {
    /** How often the keys are read. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    /** How long keys count that cannot be read again. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How exactly the last use of a key is told. */
    private static final Duration USE_GRAIN = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(KeyRing.class);

    private final KeyStore store;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Map<String, Instant> uses = new ConcurrentHashMap<>();
    private final Map<String, Instant> unsaved = new ConcurrentHashMap<>();
    private final BackgroundThread reader = new BackgroundThread("access-keys", this::keepReading);
    private volatile Known known;
    private volatile boolean failing;

    /** Keys are never taken out, not even those that are revoked: a store that has none any more has lost them. */
    private volatile boolean hadKeys;

    /**
     * What was read.
     *
     * @param byHash the secrets that count
     * @param at when it was read, in nanoseconds
     */
    private record Known(Map<KeyHash, Entry> byHash, long at) {}

    /**
     * One secret of a key.
     *
     * @param caller who shows it
     * @param until when it is refused although the key is not
     */
    private record Entry(AccessKey key, Caller caller, Optional<Instant> until) {}

    /**
     * Reads the keys once.
     *
     * @throws RuntimeException when the store does not answer
     */
    public KeyRing(KeyStore store, InstantSource clock) {
        this(store, clock, System::nanoTime);
    }

    /** @param nanos tells how much time has gone by */
    KeyRing(KeyStore store, InstantSource clock, LongSupplier nanos) {
        this.store = store;
        this.clock = clock;
        this.nanos = nanos;
        this.known = read();
    }

    /** Begins to read them again and again. */
    public void start() {
        reader.start();
    }

    private Known read() {
        long at = nanos.getAsLong();
        Map<KeyHash, Entry> byHash = new HashMap<>();
        List<AccessKey> keys = store.all();
        for (AccessKey key : keys) {
            Caller caller = Caller.of(key);
            key.previous()
                    .ifPresent(previous ->
                            byHash.put(previous.hash(), new Entry(key, caller, Optional.of(previous.until()))));
            byHash.put(key.hash(), new Entry(key, caller, Optional.empty()));
        }
        if (!keys.isEmpty()) {
            hadKeys = true;
        }
        return new Known(byHash, at);
    }

    private void keepReading() {
        while (!reader.stoppedWithin(EVERY)) {
            refresh();
        }
        save();
    }

    /** Reads the keys now, and tells the store which were used. */
    void refresh() {
        try {
            known = read();
            if (failing) {
                LOG.info("the access keys can be read again");
            }
            failing = false;
        } catch (RuntimeException away) {
            if (!failing) {
                LOG.warn(
                        "the access keys cannot be read ({}): those read last count for {} s",
                        away.getMessage(),
                        PATIENCE.toSeconds());
            }
            failing = true;
            return;
        }
        save();
    }

    private void save() {
        Map<String, Instant> some = Map.copyOf(unsaved);
        if (some.isEmpty()) {
            return;
        }
        try {
            store.used(some);
            some.forEach(unsaved::remove);
        } catch (RuntimeException away) {
            LOG.debug("the last use of keys could not be saved", away);
        }
    }

    /** Whether there is any key, be it one that is refused, or has been since this server began. */
    public boolean hasKeys() {
        return hadKeys;
    }

    /** Whether there were some that the store does not have any more. */
    boolean isLost() {
        return hadKeys && known.byHash().isEmpty();
    }

    /** Whether they could not be read for longer than that takes. */
    boolean isLate() {
        return failing || age().compareTo(EVERY.multipliedBy(10)) > 0;
    }

    /** How old is what is known. */
    public Duration age() {
        return Duration.ofNanos(nanos.getAsLong() - known.at());
    }

    /** Whose secret it is. */
    Identified identify(KeySecret secret) {
        Known now = known;
        if (age().compareTo(PATIENCE) > 0 || isLost()) {
            return new Identified.Later();
        }
        Entry entry = now.byHash().get(secret.hash());
        return entry == null ? Identified.not(Identified.Why.UNKNOWN) : identify(entry);
    }

    private Identified identify(Entry entry) {
        Instant now = clock.instant();
        AccessKey key = entry.key();
        return switch (key.standing(now)) {
            case REVOKED -> Identified.not(Identified.Why.REVOKED);
            case EXPIRED -> Identified.not(Identified.Why.EXPIRED);
            case VALID -> {
                if (entry.until().filter(end -> !now.isBefore(end)).isPresent()) {
                    yield Identified.not(Identified.Why.EXPIRED);
                }
                note(key.name(), now);
                yield new Identified.As(entry.caller());
            }
        };
    }

    private void note(String name, Instant now) {
        Instant last = uses.get(name);
        if (last == null || Duration.between(last, now).compareTo(USE_GRAIN) >= 0) {
            uses.put(name, now);
            unsaved.put(name, now);
        }
    }

    /** Saves which keys were used. */
    @Override
    public void close() {
        reader.close();
    }
}
