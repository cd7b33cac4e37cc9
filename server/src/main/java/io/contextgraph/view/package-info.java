// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What people see of events: what a payload says, and how a call ended that was answered later. */
@NullMarked
package io.contextgraph.view;

import org.jspecify.annotations.NullMarked;
