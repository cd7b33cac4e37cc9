// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

/** Names a session; see {@link Ids} for what a name may be. */
public record SessionId(String value) implements Comparable<SessionId> {
    /** The session in which the product records what is administrative; nobody else writes to it. */
    public static final SessionId AUDIT = new SessionId("system.audit");

    /** @throws IllegalArgumentException when {@code value} breaks the rule of {@link Ids} */
    public SessionId {
        Ids.fault(value).ifPresent(fault -> {
            throw new IllegalArgumentException("session_id " + fault);
        });
    }

    @Override
    public int compareTo(SessionId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
