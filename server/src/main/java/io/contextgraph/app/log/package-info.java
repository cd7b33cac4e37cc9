// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What the process tells in its log, and in which form. */
@NullMarked
package io.contextgraph.app.log;

import org.jspecify.annotations.NullMarked;
