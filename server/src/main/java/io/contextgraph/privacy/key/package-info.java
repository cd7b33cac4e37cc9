// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Who a person is in the ledger, and the keys to what is said of them: pseudonyms, data keys, and the two ports to what keeps
 * them outside of Redis.
 */
@NullMarked
package io.contextgraph.privacy.key;

import org.jspecify.annotations.NullMarked;
