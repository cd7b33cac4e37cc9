// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.event.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * The result of one benchmark: a table, and what it ran on.
 *
 * @param title what was measured
 * @param command how to measure it again
 * @param setting what it ran on: machine, versions, commit
 * @param columns headings
 * @param rows cells, as many as headings
 * @param notes what one must know to read the table
 */
record Report(
        String title,
        String command,
        Map<String, String> setting,
        List<String> columns,
        List<List<String>> rows,
        List<String> notes) {

    String toMarkdown() {
        StringBuilder text = new StringBuilder("## " + title + "\n\n`" + command + "`\n\n");
        text.append("| ").append(String.join(" | ", columns)).append(" |\n");
        text.append("|").append(" --- |".repeat(columns.size())).append("\n");
        rows.forEach(row -> text.append("| ").append(String.join(" | ", row)).append(" |\n"));
        text.append("\n");
        notes.forEach(note -> text.append("- ").append(note).append("\n"));
        text.append("- ");
        List<String> parts = new ArrayList<>();
        setting.forEach((name, value) -> parts.add(name + " " + value));
        return text.append(String.join("; ", parts)).append("\n").toString();
    }

    ObjectNode toJson() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("title", title);
        json.put("command", command);
        ObjectNode where = json.putObject("setting");
        setting.forEach(where::put);
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
}
