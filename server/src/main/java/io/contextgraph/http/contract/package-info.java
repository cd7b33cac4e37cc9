// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What a route says of itself: parameters, bodies and answers, as the server reads them and as its contract states them. */
@NullMarked
package io.contextgraph.http.contract;

import org.jspecify.annotations.NullMarked;
