// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Keys in a HashiCorp Vault, or what speaks its protocol, by plain HTTP. */
@NullMarked
package io.contextgraph.privacy.vault;

import org.jspecify.annotations.NullMarked;
