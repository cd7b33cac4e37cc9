// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.EffectiveSettings;
import io.contextgraph.config.EffectiveSettings.Row;
import io.contextgraph.event.Json;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code config}: every setting, what it is and who set it. */
@CommandLine.Command(
        name = "config",
        description = {
            "Prints every setting with its value, and who set it: nobody (default), a profile, the settings file, the environment, or"
                    + " the command line. Secrets are masked. Asks neither Redis nor Neo4j.",
            "What cannot be used is shown with what is wrong with it, and ends with 2."
        })
final class ConfigCommand extends Command {
    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Parameters(
            arity = "0..*",
            paramLabel = "SETTING",
            description = "Only these, by their names or what those begin with, such as redis or http.port.")
    private List<String> wanted = List.of();

    ConfigCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() {
        EffectiveSettings effective = effectiveSettings();
        for (String name : wanted) {
            if (effective.rows().stream().noneMatch(row -> isOf(row.key(), name))) {
                throw usage("no such setting: " + name);
            }
        }
        List<Row> rows = effective.rows().stream()
                .filter(row -> wanted.isEmpty() || wanted.stream().anyMatch(name -> isOf(row.key(), name)))
                .toList();
        if (json) {
            printJson(json(rows, effective.problems()));
        } else {
            print(rows);
        }
        if (!effective.problems().isEmpty()) {
            throw new ConfigurationException(effective.problems());
        }
        return ExitCode.OK;
    }

    private static boolean isOf(String key, String name) {
        return key.equals(name) || key.startsWith(name + ".");
    }

    private void print(List<Row> rows) {
        boolean allGood = rows.stream().allMatch(row -> row.problem().isEmpty());
        Table table =
                allGood ? new Table("SETTING", "VALUE", "SET BY") : new Table("SETTING", "VALUE", "SET BY", "PROBLEM");
        for (Row row : rows) {
            if (allGood) {
                table.add(row.key(), row.value(), row.setBy());
            } else {
                table.add(row.key(), row.value(), row.setBy(), row.problem().orElse(""));
            }
        }
        table.print(console());
    }

    /** {@code settings} and {@code problems}, the latter also of what is no row. */
    private static ObjectNode json(List<Row> rows, List<String> problems) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode settings = answer.putArray("settings");
        for (Row row : rows) {
            ObjectNode setting = settings.addObject()
                    .put("key", row.key())
                    .put("value", row.value())
                    .put("source", row.source().text())
                    .put("set_by", row.setBy());
            row.problem().ifPresent(problem -> setting.put("problem", problem));
        }
        ArrayNode faults = answer.putArray("problems");
        problems.forEach(faults::add);
        return answer;
    }
}
