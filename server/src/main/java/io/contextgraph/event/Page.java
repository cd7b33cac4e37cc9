// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.List;
import java.util.Optional;

/**
 * One page of an answer.
 *
 * @param items in the order of the query
 * @param next the cursor of the following page; empty on the last one
 */
public record Page<T>(List<T> items, Optional<Cursor> next) {
    public Page {
        items = List.copyOf(items);
    }
}
