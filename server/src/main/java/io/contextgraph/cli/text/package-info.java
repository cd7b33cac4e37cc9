// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What commands tell people of larger things. */
@NullMarked
package io.contextgraph.cli.text;

import org.jspecify.annotations.NullMarked;
