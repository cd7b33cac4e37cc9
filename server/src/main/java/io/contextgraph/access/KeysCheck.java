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
        boolean late = ring.filter(KeyRing::isLate).isPresent();
        return new Checked(
                !late,
                late
                        ? List.of(Finding.of(
                                        Level.PROBLEM,
                                        "access.keys",
                                        "the access keys cannot be read: those read last count for "
                                                + KeyRing.PATIENCE.toSeconds() + " s, then nobody is let in")
                                .as(UNREADABLE))
                        : List.of());
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
