// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The composition root: the only package that sees adapters. */
@NullMarked
package io.contextgraph.app;

import org.jspecify.annotations.NullMarked;
