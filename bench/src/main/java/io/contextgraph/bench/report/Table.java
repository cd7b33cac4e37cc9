// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import io.contextgraph.event.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows of figures.
 *
 * @param title what was measured
 * @param columns headings, all different
 * @param rows cells, as many as headings
 * @param notes what one must know to read the table
 */
public record Table(String title, List<String> columns, List<List<String>> rows, List<String> notes) {
    public Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        notes = List.copyOf(notes);
        int width = columns.size();
        if (rows.stream().anyMatch(row -> row.size() != width)) {
            throw new IllegalArgumentException("a row of \"" + title + "\" does not have " + width + " cells");
        }
    }

    public String toMarkdown() {
        StringBuilder text = new StringBuilder("### " + title + "\n\n");
        text.append("| ").append(String.join(" | ", columns)).append(" |\n");
        text.append("|").append(" --- |".repeat(columns.size())).append("\n");
        rows.forEach(row -> text.append("| ").append(String.join(" | ", row)).append(" |\n"));
        text.append("\n");
        notes.forEach(note -> text.append("- ").append(note).append("\n"));
        return text.append(notes.isEmpty() ? "" : "\n").toString();
    }

    ObjectNode toJson() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("title", title);
        var headings = json.putArray("columns");
        columns.forEach(headings::add);
        var table = json.putArray("rows");
        for (List<String> row : rows) {
            ObjectNode cells = table.addObject();
            for (int i = 0; i < columns.size(); i++) {
                cells.put(columns.get(i), row.get(i));
            }
        }
        var remarks = json.putArray("notes");
        notes.forEach(remarks::add);
        return json;
    }

    static Table of(JsonNode json) {
        List<String> columns = texts(json.required("columns"));
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode row : json.required("rows")) {
            rows.add(columns.stream()
                    .map(column -> row.required(column).stringValue())
                    .toList());
        }
        return new Table(json.required("title").stringValue(), columns, rows, texts(json.required("notes")));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.stringValue()));
        return texts;
    }
}
