// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A Merkle tree that only grows, in tiles: how it is built, and what can be proven of it. */
@NullMarked
package io.contextgraph.proof.tree;

import org.jspecify.annotations.NullMarked;
