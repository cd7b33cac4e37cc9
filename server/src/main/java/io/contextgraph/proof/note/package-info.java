// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Texts with signatures, and what a log says of itself in them. */
@NullMarked
package io.contextgraph.proof.note;

import org.jspecify.annotations.NullMarked;
