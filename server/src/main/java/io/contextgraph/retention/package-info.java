// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** How long entries stay in the streams: the hot window, who must have finished them, when they are taken out. */
@NullMarked
package io.contextgraph.retention;

import org.jspecify.annotations.NullMarked;
