// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Ed25519: keys as text, signatures. */
@NullMarked
package io.contextgraph.signing;

import org.jspecify.annotations.NullMarked;
