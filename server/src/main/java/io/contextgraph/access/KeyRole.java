// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a client may be allowed to do over HTTP; none implies another. */
public enum KeyRole {
    /** Append events. */
    INGEST,
    /** Read events and the graph. */
    READ,
    /** Operate: what is parked, long work, details of health. */
    ADMIN,
    /** Open and erase what is personal. */
    PRIVACY;

    /** The name in commands, tokens and answers. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All of them. */
    public static List<String> wireNames() {
        return Arrays.stream(values()).map(KeyRole::wireName).toList();
    }

    /** The role of a name. */
    public static Optional<KeyRole> parse(String name) {
        return Arrays.stream(values())
                .filter(role -> role.wireName().equals(name))
                .findFirst();
    }
}
