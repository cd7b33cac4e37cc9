// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Connections that nobody else can read: certificates and keys from files, whom to trust, and why a connection was not made. */
@NullMarked
package io.contextgraph.tls;

import org.jspecify.annotations.NullMarked;
