// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks.
 *
 * @param kind how that is known
 * @param name of the key, or the subject of the token; empty for somebody
 * @param roles what it may do
 * @param expiresAt from when on it is refused
 * @param limits its own, in place of those of the settings
 */
public record Caller(Kind kind, String name, Set<KeyRole> roles, Optional<Instant> expiresAt, AccessKey.Limits limits) {
    /** How it is known who asks. */
    public enum Kind {
        /** It is not: nobody is asked for a key. */
        SOMEBODY,
        /** By an access key. */
        KEY,
        /** By a token of an identity provider. */
        TOKEN
    }

    /** Whoever reaches a server that asks for no key: may do everything. */
    public static final Caller SOMEBODY =
            new Caller(Kind.SOMEBODY, "", EnumSet.allOf(KeyRole.class), Optional.empty(), AccessKey.Limits.AS_SET);

    public Caller {
        roles = Set.copyOf(roles);
    }

    static Caller of(AccessKey key) {
        return new Caller(Kind.KEY, key.name(), key.roles(), key.expiresAt(), key.limits());
    }

    /** For records and logs, as {@code key:uploader}. */
    public String label() {
        return switch (kind) {
            case SOMEBODY -> "somebody";
            case KEY -> "key:" + name;
            case TOKEN -> "token:" + name;
        };
    }
}
