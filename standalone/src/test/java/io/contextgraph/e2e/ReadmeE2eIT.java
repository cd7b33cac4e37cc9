// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Runs what the README shows, in its order, and compares what comes out with what it says. */
class ReadmeE2eIT {
    /** A command, and what it prints where the README shows that. */
    private record Example(String command, String output) {}

    private static final Pattern BLOCK =
            Pattern.compile("```sh\\n(.*?)```\\n(?:\\n```(?:text|json)\\n(.*?)```\\n)?", Pattern.DOTALL);

    /** What differs from run to run: positions, times of recording. */
    private static final Pattern VARIABLE = Pattern.compile("\\d{13}-\\d+|\"recorded_at\":\"[^\"]*\"");

    /** This test is part of what it runs. */
    private static final String THE_TESTS = "mvn verify";

    private static final String DEMO = "./contextgraph demo --once";

    private static final String SERVE = "./contextgraph serve";

    @TempDir
    private Path dataDir = Path.of("");

    @Test
    void everyCommandDoesWhatItSays() throws IOException, InterruptedException {
        Distribution distribution = new Distribution(dataDir);
        List<Example> examples = examples();
        assertThat(examples.stream().map(Example::command)).contains(DEMO, THE_TESTS, SERVE);
        Distribution.Server server = null;
        try {
            for (Example example : examples) {
                if (example.command().equals(SERVE)) {
                    server = distribution.serve();
                } else if (!example.command().equals(THE_TESTS)) {
                    String address = server == null ? "" : server.address().getAuthority();
                    check(example, distribution, address);
                }
            }
        } finally {
            if (server != null) {
                server.close();
            }
        }
    }

    private static List<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(Files.readString(Path.of("..", "README.md")));
        while (blocks.find()) {
            String output = blocks.group(2);
            examples.add(new Example(blocks.group(1).strip(), output == null ? "" : output));
        }
        return examples;
    }

    private static void check(Example example, Distribution distribution, String address)
            throws IOException, InterruptedException {
        Process shell = distribution.shell(example.command().replace("127.0.0.1:8080", address));
        String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as("%s%n%s", example.command(), out).isZero();
        if (example.command().equals(DEMO)) {
            // Shown in the README by its sentences only.
            assertThat(out)
                    .contains("The ledger holds 34 events")
                    .contains("▶ tool.execute")
                    .contains("SCORE");
        }
        if (!example.output().isEmpty()) {
            assertThat(VARIABLE.matcher(out.strip()).replaceAll("..."))
                    .as(example.command())
                    .isEqualTo(VARIABLE.matcher(example.output().strip()).replaceAll("..."));
        }
    }
}
