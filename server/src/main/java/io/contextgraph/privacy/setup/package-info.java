// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The keys of a deployment: which ones are set, how they are made, opened together. */
@NullMarked
package io.contextgraph.privacy.setup;

import org.jspecify.annotations.NullMarked;
