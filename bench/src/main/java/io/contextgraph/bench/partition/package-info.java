// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The same load on one, two and three partitions, each on a Redis of its own. */
@NullMarked
package io.contextgraph.bench.partition;

import org.jspecify.annotations.NullMarked;
