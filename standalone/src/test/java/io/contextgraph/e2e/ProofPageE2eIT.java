// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of the page for auditors beside a server that has the sample: those for the first look, and the line for cron. */
class ProofPageE2eIT {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CRON = Pattern.compile("(?m)^7 \\* \\* \\* \\* +CG_KEY_FILE=\\S+ (.*)$");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void whatThePageShowsWorks() throws IOException, InterruptedException {
        Distribution distribution = new Distribution(folder.resolve("data"));
        assertThat(distribution
                        .run("import", REPOSITORY.resolve("sample").toString())
                        .exitCode())
                .isZero();
        String page = Files.readString(REPOSITORY.resolve("docs/proof.md"));
        List<String> commands = BLOCK.matcher(page)
                .results()
                .flatMap(block -> block.group(1).lines())
                .toList();
        assertThat(commands).hasSizeGreaterThan(3);
        try (Distribution.Server server = distribution.serve()) {
            await().atMost(PATIENCE)
                    .until(() -> server.metrics().contains("contextgraph_proof_waiting_events 0.0")
                            && !server.metrics().contains("contextgraph_proof_sealed_seq 0.0"));
            for (String command : commands) {
                assertThat(output(distribution, command)).as(command).isNotBlank();
            }
            Matcher cron = CRON.matcher(page);
            assertThat(cron.find()).isTrue();
            Path kept = Files.createDirectory(folder.resolve("kept"));
            String line = cron.group(1)
                    .replace("\\%", "%")
                    .replace(" contextgraph ", " ./contextgraph ")
                    .replaceFirst("^contextgraph ", "./contextgraph ")
                    .replace(
                            "https://contextgraph.example.com:8443",
                            server.address().toString())
                    .replace("/var/lib/contextgraph-auditor", kept.toString());
            assertThat(output(distribution, line)).doesNotContain("no checkpoint");
            Path checkpoint;
            try (Stream<Path> files = Files.list(kept)) {
                checkpoint = files.toList().getFirst();
            }
            String key = Json.MAPPER
                    .readTree(output(distribution, "./contextgraph checkpoint show --json"))
                    .at("/logs/0/keys/0")
                    .stringValue();
            assertThat(output(distribution, "./contextgraph audit --from " + checkpoint + " --key " + key))
                    .contains("are those that were signed for then");
        }
    }

    private static String output(Distribution distribution, String command) throws IOException, InterruptedException {
        Process shell = distribution.shell(command);
        String out = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as("%s%n%s", command, out).isZero();
        return out;
    }
}
