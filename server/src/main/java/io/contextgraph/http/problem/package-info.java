// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What can be wrong with a request, and how it is told. */
@NullMarked
package io.contextgraph.http.problem;

import org.jspecify.annotations.NullMarked;
