// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Contract kits that every graph passes, and the data they use. */
@NullMarked
package io.contextgraph.graph;

import org.jspecify.annotations.NullMarked;
