// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What commands run in, and what they work on. */
@NullMarked
package io.contextgraph.cli.workspace;

import org.jspecify.annotations.NullMarked;
