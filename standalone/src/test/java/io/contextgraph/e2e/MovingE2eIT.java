// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs what the operator's guide shows of moving a ledger, on a folder that was begun with the engine sorted-set. */
class MovingE2eIT {
    private static final Pattern SECTION =
            Pattern.compile("\n## Moving a ledger to the other engine\n(.*?)\n## ", Pattern.DOTALL);
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void theCommandsOfTheGuideMoveALedger() throws IOException, InterruptedException {
        Distribution old = new Distribution(folder.resolve("old"));
        Path sample = Path.of("..", "sample");
        assertThat(old.run("import", sample.resolve("research.ndjson").toString(), "--redis.engine", "sorted-set")
                        .exitCode())
                .isZero();
        List<String> commands = commands();
        assertThat(commands).hasSize(4);
        shell(old, commands.getFirst());
        assertThat(old.run("import", sample.toString()).exitCode()).isZero();
        for (String command : commands.subList(1, commands.size())) {
            shell(old, command);
        }

        Distribution moved = new Distribution(folder.resolve("data-new"));
        List<ObjectNode> before = exported(old);
        List<ObjectNode> after = exported(moved);
        assertThat(before).hasSize(34);
        assertThat(after).hasSameSizeAs(before);
        for (int i = 0; i < before.size(); i++) {
            JsonNode original = after.get(i).remove(EventFields.ORIGINAL);
            for (String name : EventFields.OF_ORIGINAL) {
                assertThat(original.get(name)).isEqualTo(before.get(i).get(name));
            }
            for (String name : EventFields.OF_LEDGER) {
                assertThat(original.get(name)).isEqualTo(before.get(i).get(name));
            }
            for (String anew : List.of(EventFields.GLOBAL_POSITION, EventFields.RECORDED_AT, EventFields.LEDGER_ID)) {
                assertThat(after.get(i).remove(anew)).isNotEqualTo(before.get(i).remove(anew));
            }
            assertThat(after.get(i)).isEqualTo(before.get(i));
        }
    }

    private static List<String> commands() throws IOException {
        Matcher section = SECTION.matcher(Files.readString(Path.of("..", "docs", "operations.md")));
        assertThat(section.find()).isTrue();
        List<String> commands = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(section.group(1));
        while (blocks.find()) {
            blocks.group(1).lines().forEach(commands::add);
        }
        return commands;
    }

    private void shell(Distribution distribution, String command) throws IOException, InterruptedException {
        Process shell = distribution.shell(
                command.replace("ledger.ndjson", folder.resolve("ledger.ndjson").toString())
                        .replace("./data-new", folder.resolve("data-new").toString()));
        String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as("%s%n%s", command, out).isZero();
    }

    private static List<ObjectNode> exported(Distribution distribution) throws IOException {
        Distribution.Result export = distribution.run("export");
        assertThat(export.exitCode()).as(export.err()).isZero();
        return export.out()
                .lines()
                .map(line -> (ObjectNode) Json.MAPPER.readTree(line))
                .toList();
    }
}
