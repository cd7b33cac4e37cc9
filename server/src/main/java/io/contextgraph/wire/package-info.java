// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The JSON forms that HTTP and the command line share. */
@NullMarked
package io.contextgraph.wire;

import org.jspecify.annotations.NullMarked;
