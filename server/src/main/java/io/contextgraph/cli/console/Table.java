// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, as wide as they need to be; on a terminal the last column is cut at the edge. */
public final class Table {
    private static final String GAP = "  ";

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        this.headings = List.of(headings);
    }

    public void add(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(Console.safe(cell.toString()));
        }
        rows.add(row);
    }

    public void print(Console console) {
        int[] widths = new int[headings.size()];
        measure(headings, widths);
        rows.forEach(row -> measure(row, widths));
        printRow(headings, widths, console);
        rows.forEach(row -> printRow(row, widths, console));
    }

    private static void measure(List<String> row, int[] widths) {
        for (int i = 0; i < row.size(); i++) {
            widths[i] = Math.max(widths[i], length(row.get(i)));
        }
    }

    private static void printRow(List<String> row, int[] widths, Console console) {
        PrintWriter out = console.out();
        StringBuilder line = new StringBuilder();
        int last = row.size() - 1;
        for (int i = 0; i < last; i++) {
            line.append(row.get(i))
                    .append(" ".repeat(widths[i] - length(row.get(i))))
                    .append(GAP);
        }
        out.println(console.fit(line.append(row.get(last)).toString().stripTrailing()));
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
