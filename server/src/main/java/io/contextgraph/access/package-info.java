// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Who may do what over HTTP: access keys, tokens of an identity provider, their limits, and the record of what is administrative. */
@NullMarked
package io.contextgraph.access;

import org.jspecify.annotations.NullMarked;
