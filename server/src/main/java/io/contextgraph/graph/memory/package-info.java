// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The graph in memory: reference, test double and executable specification. */
@NullMarked
package io.contextgraph.graph.memory;

import org.jspecify.annotations.NullMarked;
