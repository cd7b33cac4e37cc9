// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Why nothing was appended for a while: what Redis, the JVM and the machine did meanwhile. */
@NullMarked
package io.contextgraph.bench.stall;

import org.jspecify.annotations.NullMarked;
