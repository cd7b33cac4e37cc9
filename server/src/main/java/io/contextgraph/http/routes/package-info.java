// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What the product answers over HTTP: a class for each group of routes. */
@NullMarked
package io.contextgraph.http.routes;

import org.jspecify.annotations.NullMarked;
