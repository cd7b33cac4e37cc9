// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Keys in files of this machine, for whoever has no key service. */
@NullMarked
package io.contextgraph.privacy.local;

import org.jspecify.annotations.NullMarked;
