// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The erasure of a person: its course, what is told of it, and the receipt for it. */
@NullMarked
package io.contextgraph.privacy.erasure;

import org.jspecify.annotations.NullMarked;
