// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What a command writes for people: tables, trees, progress, excerpts. */
@NullMarked
package io.contextgraph.cli.console;

import org.jspecify.annotations.NullMarked;
