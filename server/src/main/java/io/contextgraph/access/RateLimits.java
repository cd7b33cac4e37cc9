// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How much each caller may ask of this server in a second.
 *
 * <p><b>Units and bounds.</b> Who has been idle may ask for two seconds' worth at once, and always for one body of the largest
 * size. Of {@value #MOST} callers at most it is known what they asked for lately.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class RateLimits {
    private static final int MOST = 10_000;
    private static final int BURST_SECONDS = 2;

    private Bounds bounds;
    private final Map<String, Allowance> allowances = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Allowance> eldest) {
            return size() > MOST;
        }
    };

    /** @param largestBody in bytes, what a request may have */
    public RateLimits(AccessSettings settings, long largestBody) {
        this.bounds = new Bounds(settings.requestsPerSecond(), settings.bytesPerSecond(), largestBody);
    }

    /** What holds where a key has no limits of its own. */
    private record Bounds(long requestsPerSecond, long bytesPerSecond, long largestBody) {}

    /** Has other limits from now on; what callers asked for lately is forgotten where these change. */
    public void change(AccessSettings settings, long largestBody) {
        Bounds next = new Bounds(settings.requestsPerSecond(), settings.bytesPerSecond(), largestBody);
        synchronized (allowances) {
            if (!next.equals(bounds)) {
                bounds = next;
                allowances.clear();
            }
        }
    }

    /** What a caller may still ask for; empty where there is no limit. */
    public Optional<Allowance> of(Caller caller) {
        if (caller.kind() == Caller.Kind.SOMEBODY) {
            return Optional.empty();
        }
        synchronized (allowances) {
            long requests = caller.limits().requestsPerSecond().orElse(bounds.requestsPerSecond());
            long bytes = caller.limits().bytesPerSecond().orElse(bounds.bytesPerSecond());
            if (requests == 0 && bytes == 0) {
                return Optional.empty();
            }
            Allowance known = allowances.get(caller.label());
            if (known == null || known.requestsPerSecond() != requests || known.bytesPerSecond() != bytes) {
                known = allowance(requests, bytes);
                allowances.put(caller.label(), known);
            }
            return Optional.of(known);
        }
    }

    private Allowance allowance(long requests, long bytes) {
        return new Allowance(
                requests,
                bytes,
                bucket(requests, requests * BURST_SECONDS),
                bucket(bytes, Math.max(bounds.largestBody(), bytes * BURST_SECONDS)));
    }

    private static @Nullable Bucket bucket(long perSecond, long burst) {
        return perSecond == 0
                ? null
                : Bucket.builder()
                        .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
                        .build();
    }

    /** What one caller may still ask for. */
    public record Allowance(
            long requestsPerSecond,
            long bytesPerSecond,
            @Nullable Bucket requests,
            @Nullable Bucket bytes) {
        /**
         * Takes one request with a body from it.
         *
         * @param bodyBytes 0 where its size is not known before
         * @return how long to wait; empty where it has been taken
         */
        public Optional<Duration> request(long bodyBytes) {
            Optional<Duration> wait = take(requests, 1);
            return wait.isPresent() ? wait : body(bodyBytes);
        }

        /** Takes a body that is here from it; how long to wait, empty where it has been taken. */
        public Optional<Duration> body(long count) {
            return take(bytes, count);
        }

        private static Optional<Duration> take(@Nullable Bucket bucket, long count) {
            if (bucket == null || count == 0) {
                return Optional.empty();
            }
            ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(count);
            return probe.isConsumed()
                    ? Optional.empty()
                    : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }

        /** Takes bytes of a body whose size was not known before; waits until it may have them. */
        public void read(long count) {
            if (bytes != null && count > 0) {
                bytes.asBlocking().consumeUninterruptibly(count);
            }
        }
    }
}
