// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The JSON forms that HTTP and the command line share, and audits as long work that answers in them. */
@NullMarked
package io.contextgraph.wire;

import org.jspecify.annotations.NullMarked;
