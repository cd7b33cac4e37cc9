// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http;

import io.contextgraph.event.Cursor;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** How every paged answer tells where the next page begins. */
final class Pages {
    private Pages() {}

    static void pagination(ObjectNode json, Optional<Cursor> next) {
        json.putObject("pagination")
                .put("cursor", next.map(Cursor::text).orElse(null))
                .put("has_more", next.isPresent());
    }
}
