// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** TLS from PEM files: what they hold, contexts made of it that follow the files, and what a failure means. */
@NullMarked
package io.contextgraph.tls;

import org.jspecify.annotations.NullMarked;
