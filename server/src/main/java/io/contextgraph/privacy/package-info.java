// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Payloads about persons: sealed before they leave the process, opened for whoever may read them. */
@NullMarked
package io.contextgraph.privacy;

import org.jspecify.annotations.NullMarked;
