// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What the benchmark of the archive measures with. */
@NullMarked
package io.contextgraph.bench.archive;

import org.jspecify.annotations.NullMarked;
