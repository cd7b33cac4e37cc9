// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The event: its envelope, validation, canonical form and hash, and queries as data. Depends on nothing else here. */
@NullMarked
package io.contextgraph.event;

import org.jspecify.annotations.NullMarked;
