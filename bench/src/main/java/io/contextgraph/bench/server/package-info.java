// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The stores and servers that benchmarks start and stop. */
@NullMarked
package io.contextgraph.bench.server;

import org.jspecify.annotations.NullMarked;
