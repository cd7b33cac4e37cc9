// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A key as the store has it: never the secret.
 *
 * @param name by which people, records and logs know it
 * @param hash of its secret
 * @param roles what it allows, at least one
 * @param createdAt when it was made
 * @param expiresAt from when on it is refused; empty: never
 * @param revokedAt since when it is refused for good
 * @param previous the secret that it had before it was rotated
 * @param limits its own, in place of those of the settings
 */
public record AccessKey(
        String name,
        KeyHash hash,
        Set<KeyRole> roles,
        Instant createdAt,
        Optional<Instant> expiresAt,
        Optional<Instant> revokedAt,
        Optional<Previous> previous,
        Limits limits) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?");

    /** What a name must be, as the end of the sentence "must be ...". */
    public static final String NAME_RULE =
            "1 to 64 characters of a-z, 0-9, point, hyphen and underscore, beginning and ending with a letter or digit";

    /**
     * A secret that still counts for a while.
     *
     * @param until when it is refused
     */
    public record Previous(KeyHash hash, Instant until) {}

    /**
     * How much at most, on each server.
     *
     * @param requestsPerSecond 0: no limit; empty: as it is set
     * @param bytesPerSecond of bodies; 0: no limit; empty: as it is set
     */
    public record Limits(OptionalLong requestsPerSecond, OptionalLong bytesPerSecond) {
        public static final Limits AS_SET = new Limits(OptionalLong.empty(), OptionalLong.empty());
    }

    /** @throws IllegalArgumentException when the name breaks {@link #NAME_RULE}, or there is no role */
    public AccessKey {
        if (!isName(name)) {
            throw new IllegalArgumentException("the name of a key must be " + NAME_RULE);
        }
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("a key needs at least one role");
        }
        roles = Set.copyOf(roles);
    }

    /** Whether a key may have this name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** A key that counts from now on. */
    public static AccessKey create(
            String name,
            KeySecret secret,
            Set<KeyRole> roles,
            Instant now,
            Optional<Instant> expiresAt,
            Limits limits) {
        return new AccessKey(name, secret.hash(), roles, now, expiresAt, Optional.empty(), Optional.empty(), limits);
    }

    /** The same with another secret; the one so far counts until {@code until}. */
    public AccessKey rotated(KeySecret secret, Instant until) {
        return new AccessKey(
                name,
                secret.hash(),
                roles,
                createdAt,
                expiresAt,
                revokedAt,
                Optional.of(new Previous(hash, until)),
                limits);
    }

    /** The same, refused from now on. */
    public AccessKey revoked(Instant now) {
        return new AccessKey(name, hash, roles, createdAt, expiresAt, Optional.of(now), Optional.empty(), limits);
    }

    /** How it stands. */
    public Standing standing(Instant now) {
        if (revokedAt.isPresent()) {
            return Standing.REVOKED;
        }
        return expiresAt.filter(end -> !now.isBefore(end)).isPresent() ? Standing.EXPIRED : Standing.VALID;
    }

    /** How a key stands. */
    public enum Standing {
        VALID,
        EXPIRED,
        REVOKED
    }
}
