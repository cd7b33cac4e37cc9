// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What agents and their observers write of their work, record by record, each with an id of its own. */
@NullMarked
package io.contextgraph.capture.session;

import org.jspecify.annotations.NullMarked;
