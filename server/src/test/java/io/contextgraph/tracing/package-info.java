// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Tests of traces of our own requests, without a server. */
@NullMarked
package io.contextgraph.tracing;

import org.jspecify.annotations.NullMarked;
