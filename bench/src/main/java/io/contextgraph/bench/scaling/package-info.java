// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What several partitions would do for loads that no machine here can make: calculated, and simulated with the product's own hash. */
@NullMarked
package io.contextgraph.bench.scaling;

import org.jspecify.annotations.NullMarked;
