// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.contextgraph.wire;

import org.jspecify.annotations.NullMarked;
