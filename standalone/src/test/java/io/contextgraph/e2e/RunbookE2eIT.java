// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every command of the runbook beside a server, and asks that server for every metric that an alert reads. */
class RunbookE2eIT {
    private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern METRIC = Pattern.compile("\\bcontextgraph_[a-z_]+");
    private static final Pattern EXPRESSION = Pattern.compile("(?m)^ +expr: (.*)$");

    @TempDir
    private Path dataDir = Path.of("");

    @Test
    void everyCommandWorksAndEveryMetricIsThere() throws IOException, InterruptedException {
        Set<String> commands = new TreeSet<>();
        for (MatchResult block : all(BLOCK, "docs/runbook.md")) {
            commands.addAll(block.group(1).lines().toList());
        }
        assertThat(commands).isNotEmpty();
        try (Distribution.Server server = new Distribution(dataDir).serve()) {
            String address = server.address().getAuthority();
            for (String command : commands) {
                Process shell = new Distribution(dataDir).shell(command.replace("127.0.0.1:8080", address));
                String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(shell.waitFor()).as("%s%n%s", command, out).isZero();
                assertThat(out)
                        .as(command)
                        .doesNotContain("no such command")
                        .doesNotContain("Usage:")
                        .doesNotContain("urn:contextgraph:problem");
            }
            Set<String> read = new TreeSet<>();
            for (MatchResult expression : all(EXPRESSION, "deploy/alerts.yaml")) {
                METRIC.matcher(expression.group(1))
                        .results()
                        .map(MatchResult::group)
                        .forEach(read::add);
            }
            assertThat(read).isNotEmpty();
            Set<String> there = new TreeSet<>();
            server.metrics()
                    .lines()
                    .flatMap(line -> METRIC.matcher(line).results().limit(1))
                    .map(MatchResult::group)
                    .forEach(there::add);
            assertThat(there).containsAll(read);
        }
    }

    private static List<MatchResult> all(Pattern pattern, String file) throws IOException {
        return pattern.matcher(Files.readString(Path.of("..", file))).results().toList();
    }
}
