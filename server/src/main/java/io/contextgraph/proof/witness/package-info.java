// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Has others see that a log only grows, and say so in its checkpoints. */
@NullMarked
package io.contextgraph.proof.witness;

import org.jspecify.annotations.NullMarked;
