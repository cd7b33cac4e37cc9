// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Lines over a number of events, drawn as text. */
@NullMarked
package io.contextgraph.bench.plot;

import org.jspecify.annotations.NullMarked;
