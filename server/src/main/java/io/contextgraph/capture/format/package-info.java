// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Formats of agent traces, one reader each, over the model of {@code capture.record}; without knowledge of files. */
@NullMarked
package io.contextgraph.capture.format;

import org.jspecify.annotations.NullMarked;
