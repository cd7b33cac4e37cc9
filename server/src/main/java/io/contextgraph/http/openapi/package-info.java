// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The contract as OpenAPI 3.1, made from what the routes say of themselves. */
@NullMarked
package io.contextgraph.http.openapi;

import org.jspecify.annotations.NullMarked;
