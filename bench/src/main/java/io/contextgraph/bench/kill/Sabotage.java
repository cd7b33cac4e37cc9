// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.ledger.redis.client.Engine;
import java.util.EnumSet;
import java.util.Set;

/** What a saboteur does to a running Redis: nothing of it takes anything from the ledger. */
enum Sabotage {
    /** {@code SCRIPT FLUSH}. */
    FLUSHED_SCRIPTS("scripts flushed"),
    /** A foreign entry is added to the global stream and taken out again. */
    GLOBAL_ENTRY("foreign entries in the global stream"),
    /** The same in the stream of a session. */
    SESSION_ENTRY("foreign entries in a session's stream"),
    /** {@code CLIENT KILL} of all, of some, or of those that wait for something. */
    CUT_CONNECTIONS("connections cut"),
    /** {@code FT.DROPINDEX}. */
    DROPPED_INDEX("indexes dropped"),
    /** {@code XGROUP DESTROY} of the projection's group. */
    DESTROYED_GROUP("groups destroyed");

    private final String words;

    Sabotage(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    /** What there is to be damaged. */
    static Set<Sabotage> possible(Engine engine, boolean graph) {
        EnumSet<Sabotage> kinds = EnumSet.allOf(Sabotage.class);
        if (engine != Engine.SEARCH) {
            kinds.remove(DROPPED_INDEX);
        }
        if (!graph) {
            kinds.remove(DESTROYED_GROUP);
        }
        return kinds;
    }
}
