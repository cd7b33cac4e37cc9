// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The console: a page for browsers, and the files that it is made of. */
@NullMarked
package io.contextgraph.http.console;

import org.jspecify.annotations.NullMarked;
