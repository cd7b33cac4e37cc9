// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.option;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option by which commands that work on one partition of the ledger are told which one. */
public final class PartitionOption {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--partition",
            paramLabel = "N",
            description = "Which partition of the ledger, from 0 on; must be said where it has several.")
    private @Nullable Integer number;

    /** What was said. */
    public OptionalInt said() {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /**
     * The one that is meant.
     *
     * @param partitions in the order of their numbers
     */
    public <T> T of(List<T> partitions) {
        return partitions.get(among(partitions.size()));
    }

    /**
     * The number of the one that is meant.
     *
     * @param partitions how many there are
     */
    public int among(int partitions) {
        int last = partitions - 1;
        if (number == null && last > 0) {
            throw usage(
                    "the ledger has " + partitions + " partitions: say which one with --partition, from 0 to " + last);
        }
        if (number != null && (number < 0 || number > last)) {
            throw usage(
                    last == 0
                            ? "the ledger has one partition: leave --partition out, or say 0"
                            : "--partition must be from 0 to " + last + ": " + number);
        }
        return number == null ? 0 : number;
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
