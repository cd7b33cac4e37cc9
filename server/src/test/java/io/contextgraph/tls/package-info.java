// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Tests of connections that nobody else can read. */
@NullMarked
package io.contextgraph.tls;

import org.jspecify.annotations.NullMarked;
