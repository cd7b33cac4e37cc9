// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What tools and people look at first: health, metrics, the contract, and a signpost. */
@NullMarked
package io.contextgraph.http.system;

import org.jspecify.annotations.NullMarked;
