// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import java.util.Optional;

/**
 * An event of a session in whose place the graph has one of the same id in a session of another partition.
 *
 * @param event as the ledger has it
 * @param other the session that the graph has the id in
 * @param first whether this event is the one of the graph, and the other one must go
 * @param twice which events have the id; empty where the ledger has this one alone
 */
record Displaced(RecordedEvent event, SessionId other, boolean first, Optional<String> twice) {}
