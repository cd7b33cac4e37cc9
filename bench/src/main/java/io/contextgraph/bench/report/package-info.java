// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What benchmarks say: figures, tables, the page. */
@NullMarked
package io.contextgraph.bench.report;

import org.jspecify.annotations.NullMarked;
