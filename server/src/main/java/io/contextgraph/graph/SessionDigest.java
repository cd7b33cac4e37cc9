// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.SessionId;

/**
 * A session of the graph, or a part of one, added up.
 *
 * @param session which
 * @param events how many event nodes
 * @param nodes the sum of their digests
 * @param edges how many edges begin at them
 * @param links the sum of the digests of these
 */
public record SessionDigest(SessionId session, long events, long nodes, long edges, long links) {
    /** A session without any events. */
    public static SessionDigest empty(SessionId session) {
        return new SessionDigest(session, 0, 0, 0, 0);
    }

    /** Both together; sums wrap around. */
    public SessionDigest plus(SessionDigest other) {
        return new SessionDigest(
                session, events + other.events, nodes + other.nodes, edges + other.edges, links + other.links);
    }
}
