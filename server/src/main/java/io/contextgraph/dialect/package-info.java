// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** How tracing libraries name things: what a span is, whose it is, and what was said in it. */
@NullMarked
package io.contextgraph.dialect;

import org.jspecify.annotations.NullMarked;
