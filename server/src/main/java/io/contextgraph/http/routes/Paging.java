// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Cursor;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.ledger.epoch.Bookmarks;

/** How lists are read page by page. */
final class Paging {
    /** Where to go on, as the client was given it; whether it belongs to this query, the query itself must say. */
    static final Parameter<Cursor> CURSOR = Parameter.query(
            "cursor",
            new ValueForm<>(Schema.text().set("maxLength", Cursor.MAX_LENGTH), (ignored, text) -> cursor(text)),
            "Where the last page ended; bound to its query");

    /** Behind every page. */
    static final Schema PAGINATION = Schema.fields()
            .with("cursor", Schema.text().orNull().saying("For the next page of the same query"))
            .with("has_more", Schema.flag())
            .named("Pagination");

    static final Schema META = Schema.fields().with("query_ms", Schema.whole());

    private static final int MAX_LIMIT = 1000;
    private static final int DEFAULT_LIMIT = 100;

    static final Parameter<Integer> LIMIT = Parameter.query("limit", ValueForm.whole(1, MAX_LIMIT), "Most on one page")
            .otherwise(DEFAULT_LIMIT);

    private Paging() {}

    private static Cursor cursor(String text) {
        Cursor cursor = new Cursor(text);
        Cursor ignored = Bookmarks.opened(cursor);
        return cursor;
    }

    /** A route that goes on behind a cursor, and may find that the ledger has lost what was read. */
    static Declaration continued(Declaration route) {
        return route.takes(CURSOR).refuses(ProblemCode.INVALID_CURSOR, ProblemCode.EPOCH_ENDED);
    }

    /** One page of a list. */
    static Schema page(String name, Schema item) {
        return Schema.fields()
                .with(name, Schema.list(item))
                .with("pagination", PAGINATION)
                .with("meta", META);
    }
}
