// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** The files of keys, and processes that end while they write them. */
@NullMarked
package io.contextgraph.privacy.local;

import org.jspecify.annotations.NullMarked;
