// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Conversations with a model, and trajectories that are made of them, over the runs of {@code capture.record}. */
@NullMarked
package io.contextgraph.capture.chat;

import org.jspecify.annotations.NullMarked;
