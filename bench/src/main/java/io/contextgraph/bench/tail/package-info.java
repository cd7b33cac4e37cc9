// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** How late the latest answers are. */
@NullMarked
package io.contextgraph.bench.tail;

import org.jspecify.annotations.NullMarked;
