// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The graph's ports and the pure projection of events into graph changes. */
@NullMarked
package io.contextgraph.graph;

import org.jspecify.annotations.NullMarked;
