// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.projection.Difference;
import java.util.List;

/** Differences between ledger and graph as a table. */
final class Differences {
    private Differences() {}

    static void print(Console console, List<Difference> named) {
        if (!named.isEmpty()) {
            Table table = new Table("DIFFERENCE", "SESSION", "EVENT", "DETAIL");
            named.forEach(d -> table.add(d.kind().wireName(), d.session(), d.node(), d.detail()));
            table.print(console);
        }
    }
}
