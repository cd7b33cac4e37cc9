// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

@NullMarked
package io.contextgraph.ledger.router;

import org.jspecify.annotations.NullMarked;
