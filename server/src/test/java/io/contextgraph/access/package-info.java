// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Tests of who may do what over HTTP. */
@NullMarked
package io.contextgraph.access;

import org.jspecify.annotations.NullMarked;
