// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** Where files are kept that outlive a ledger: archives and backups. */
@NullMarked
package io.contextgraph.storage;

import org.jspecify.annotations.NullMarked;
