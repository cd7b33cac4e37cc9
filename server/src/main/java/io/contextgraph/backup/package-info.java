// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** Backups of a deployment: taken, listed, verified by trying them out, fetched to be restored. */
@NullMarked
package io.contextgraph.backup;

import org.jspecify.annotations.NullMarked;
