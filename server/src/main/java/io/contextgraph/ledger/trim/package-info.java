// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Taking entries out of the streams: the events stay. */
@NullMarked
package io.contextgraph.ledger.trim;

import org.jspecify.annotations.NullMarked;
