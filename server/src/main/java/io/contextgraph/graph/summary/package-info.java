// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What is left to say of events when they are gone: a summary of a session, made without a model. */
@NullMarked
package io.contextgraph.graph.summary;

import org.jspecify.annotations.NullMarked;
