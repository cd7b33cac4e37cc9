// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What is personal, over HTTP. */
@NullMarked
package io.contextgraph.http.personal;

import org.jspecify.annotations.NullMarked;
