// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What benchmarks do to them: clients, workloads, and what they are compared with. */
@NullMarked
package io.contextgraph.bench.load;

import org.jspecify.annotations.NullMarked;
