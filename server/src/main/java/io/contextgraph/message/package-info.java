// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What was said, as text for people: messages, their parts, calls and plain values, in the forms of all providers. */
@NullMarked
package io.contextgraph.message;

import org.jspecify.annotations.NullMarked;
