// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Looks at the access keys: whether they can be read, and which of them will soon not count any more. */
public final class KeysCheck implements Check {
    /** Who calls with a key cannot be told, or will soon not be. */
    private static final Concern UNREADABLE = Concern.degrading("access_keys_unreadable");

    private static final Duration SOON = Duration.ofDays(14);

    private final KeyStore store;
    private final Optional<KeyRing> ring;
    private final InstantSource clock;

    /** @param ring what a server knows of them; empty where none runs here */
    public KeysCheck(KeyStore store, Optional<KeyRing> ring, InstantSource clock) {
        this.store = store;
        this.ring = ring;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "access";
    }

    @Override
    public Concern unavailable() {
        return UNREADABLE;
    }

    /** What the server knows, so that nobody waits. */
    @Override
    public Checked look() {
        Optional<String> wrong = ring.flatMap(KeysCheck::wrong);
        return new Checked(
                wrong.isEmpty(),
                wrong.map(what -> Finding.of(Level.PROBLEM, "access.keys", what).as(UNREADABLE)).stream()
                        .toList());
    }

    private static Optional<String> wrong(KeyRing ring) {
        if (ring.isLost()) {
            return Optional.of(
                    "there are no access keys any more where there were some: nobody is let in until Redis has them"
                            + " again, or this server is started anew");
        }
        return ring.isLate()
                ? Optional.of("the access keys cannot be read: those read last count for "
                        + KeyRing.PATIENCE.toSeconds() + " s, then nobody is let in")
                : Optional.empty();
    }

    @Override
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        Instant now = clock.instant();
        List<AccessKey> keys = store.all();
        String counted = keys.stream()
                .collect(Collectors.groupingBy(key -> key.standing(now), java.util.TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(count -> count.getValue() + " " + count.getKey().name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        findings.add(Finding.of(
                Level.OK,
                "access.keys",
                keys.isEmpty()
                        ? "none: on loopback nobody is asked for one, elsewhere the server does not listen"
                        : counted));
        keys.stream()
                .filter(key -> key.standing(now) == AccessKey.Standing.VALID)
                .forEach(key -> key.expiresAt()
                        .filter(end -> Duration.between(now, end).compareTo(SOON) < 0)
                        .ifPresent(end -> findings.add(Finding.of(
                                Level.WARNING,
                                "access.keys",
                                "the key " + key.name() + " expires at " + end + ": make another in time"))));
        return findings;
    }
}
