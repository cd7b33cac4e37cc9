// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.contextgraph.bench.scaling;

import org.jspecify.annotations.NullMarked;
