// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The graph in Neo4j: the only package that knows its driver and Cypher.
 *
 * <p><b>Shape.</b> {@code (:Event {event_id, ...})}, with a second label {@code Stub} while the event itself has not arrived;
 * {@code (:Session {session_id})}, whose lock orders the writers of a session; {@code (:Entity {entity_id, kind, name})};
 * {@code (:ContextGraphSchema {version})}.
 */
@NullMarked
package io.contextgraph.graph.neo4j;

import org.jspecify.annotations.NullMarked;
