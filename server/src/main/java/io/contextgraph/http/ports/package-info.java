// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What the routes work with, and what several of them tell in the same way. */
@NullMarked
package io.contextgraph.http.ports;

import org.jspecify.annotations.NullMarked;
