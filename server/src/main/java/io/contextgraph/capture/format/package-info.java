// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The formats of agent traces: how each is recognized, and which reader it has; and how a file is told that is none. */
@NullMarked
package io.contextgraph.capture.format;

import org.jspecify.annotations.NullMarked;
