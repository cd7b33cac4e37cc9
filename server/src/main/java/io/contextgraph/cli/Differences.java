// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.Difference;
import io.contextgraph.audit.Findings;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.Table;
import java.util.List;
import java.util.Map;

/** Differences between ledger and graph as a table. */
final class Differences {
    private Differences() {}

    /** How many of all kinds. */
    static long count(Map<Difference.Kind, Long> kinds) {
        return kinds.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The sessions of which nothing can be said yet. */
    static void printUnsettled(Console console, Findings found) {
        if (!found.unsettled().isEmpty()) {
            Table table = new Table("UNSETTLED SESSION");
            found.unsettled().forEach(session -> table.add(session));
            table.print(console);
        }
    }

    static void print(Console console, List<Difference> named) {
        if (!named.isEmpty()) {
            Table table = new Table("DIFFERENCE", "SESSION", "EVENT", "DETAIL");
            named.forEach(d -> table.add(d.kind().wireName(), d.session(), d.node(), d.detail()));
            table.print(console);
        }
    }
}
