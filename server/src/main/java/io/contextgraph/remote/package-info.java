// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A deployment through the HTTP interface of its server: the ports that commands use, over the network. */
@NullMarked
package io.contextgraph.remote;

import org.jspecify.annotations.NullMarked;
