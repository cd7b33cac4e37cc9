// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.partition.PartitionsBenchmark;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.ledger.redis.client.Engine;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** The same load on several numbers of partitions. */
@Command(
        name = "partitions",
        description = "The same load on 1, 2 and 3 partitions: what each node does for it, and that nothing is shared.")
final class PartitionsCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Bench bench;

    @Option(
            names = "--events",
            paramLabel = "N",
            description = "Events of each kind in a round (default: ${DEFAULT-VALUE}).")
    private int events = 20_000;

    @Option(
            names = "--before",
            paramLabel = "N",
            description = "Events at least in a ledger that is read (default: ${DEFAULT-VALUE}).")
    private int before = 200_000;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Pages of each kind in a round (default: ${DEFAULT-VALUE}).")
    private int samples = 200;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds that count (default: ${DEFAULT-VALUE}).")
    private int rounds = 9;

    @Option(names = "--engine", description = "Only this one; otherwise all that Redis can serve.")
    private @Nullable String engine;

    @Override
    public Integer call() throws Exception {
        List<Engine> engines = engine == null ? RedisServer.engines() : List.of(Bench.engine(engine));
        PartitionsBenchmark.Options options = new PartitionsBenchmark.Options(engines, events, before, samples, rounds);
        return Objects.requireNonNull(bench).print(new PartitionsBenchmark(options).run());
    }
}
