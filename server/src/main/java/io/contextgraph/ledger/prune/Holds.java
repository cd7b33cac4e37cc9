// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

import io.contextgraph.event.SessionId;
import java.util.Map;

/**
 * Sessions of which nothing may go.
 *
 * <p><b>Guarantees.</b> Each call is atomic. Once {@link #put} has returned nothing of the session goes until it is released.
 */
public interface Holds {
    /** All of them, in the order of their ids. */
    Map<SessionId, Hold> all();

    /** Holds a session, whether or not it has events; in place of what was said of it before. */
    void put(SessionId session, Hold hold);

    /**
     * Holds a session no longer.
     *
     * @return whether it was held
     */
    boolean release(SessionId session);
}
