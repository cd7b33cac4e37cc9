// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** Erasures, and processes that end in the middle of them. */
@NullMarked
package io.contextgraph.privacy.erasure;

import org.jspecify.annotations.NullMarked;
