// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Stores that are read, and what they are asked. */
@NullMarked
package io.contextgraph.bench.reading;

import org.jspecify.annotations.NullMarked;
