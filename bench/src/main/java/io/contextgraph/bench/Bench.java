// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The benchmarks as commands; {@code bench/run --help} lists them. */
@Command(
        name = "bench/run",
        description = "Benchmarks of Context Graph. Each starts the servers that it needs and stops them.",
        mixinStandardHelpOptions = true)
public final class Bench {
    @Option(names = "--json", paramLabel = "FILE", description = "Also writes the results as JSON.")
    private @org.jspecify.annotations.Nullable Path json;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Length of each measurement (default: ${DEFAULT-VALUE}).")
    private int seconds = 5;

    /** Ends the process with the code of the command. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Command(name = "append", description = "Appends through the port, beside PostgreSQL through JDBC, in one run.")
    int append() throws Exception {
        return print(new AppendBenchmark(Duration.ofSeconds(seconds)).run());
    }

    private int print(List<Report> reports) throws IOException {
        reports.forEach(report -> System.out.println(report.toMarkdown()));
        if (json != null) {
            var all = Json.MAPPER.createArrayNode();
            reports.forEach(report -> all.add(report.toJson()));
            Files.writeString(
                    json, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(all), StandardCharsets.UTF_8);
        }
        return 0;
    }
}
