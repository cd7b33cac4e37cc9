// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The one door for events from outside, whatever brings them. */
@NullMarked
package io.contextgraph.intake;

import org.jspecify.annotations.NullMarked;
