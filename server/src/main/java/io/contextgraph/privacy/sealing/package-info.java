// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What is appended about a person is sealed before the ledger sees it, and opened again for whoever may read it. */
@NullMarked
package io.contextgraph.privacy.sealing;

import org.jspecify.annotations.NullMarked;
