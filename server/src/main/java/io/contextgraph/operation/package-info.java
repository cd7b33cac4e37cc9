// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Long work of any kind in the background: begun, watched, ended. */
@NullMarked
package io.contextgraph.operation;

import org.jspecify.annotations.NullMarked;
