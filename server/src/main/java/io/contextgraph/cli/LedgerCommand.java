// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.ProgressBars;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.option.PartitionOption;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.mend.LedgerMender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code ledger}: whether what is stored is whole, and what can be done where it is not. */
@CommandLine.Command(
        name = "ledger",
        description = {
            "Examines everything that Redis holds of the ledger, and mends what is damaged.",
            "",
            "  ledger examine         names what is not as an append leaves it; writes",
            "                         nothing, servers may run",
            "  ledger mend            the same, and says what mending would do about it",
            "  ledger mend --apply    does it: appends are refused meanwhile, as ones to",
            "                         repeat",
            "",
            "No acknowledged event is taken out, moved or renumbered. What does not belong to the ledger is moved to keys"
                    + " that begin with aside:, where it can be looked at and deleted. Mending needs the user of"
                    + " redis.mend-login, or one who may do everything with the ledger's keys."
        })
final class LedgerCommand extends Command {
    /** How often it is mended again while that helps: what is missing may show only once something else is there. */
    private static final int ROUNDS = 5;

    private static final String NOTHING = "none: nothing of it is left";

    @Parameters(index = "0", paramLabel = "ACTION", description = "examine or mend.")
    private String action = "";

    @Option(names = "--apply", description = "Mends; without it nothing is written.")
    private boolean apply;

    @Option(names = "--max", paramLabel = "N", description = "Most damage to name (default: ${DEFAULT-VALUE}).")
    private int max = 100;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final PartitionOption partition = new PartitionOption();

    LedgerCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        boolean mends = action.equals("mend");
        if (!mends && !action.equals("examine")) {
            throw usage("no such action: " + action + "; there are examine and mend");
        }
        if (apply && !mends) {
            throw usage("--apply goes with mend: to examine writes nothing");
        }
        if (max < 0) {
            throw usage("--max must not be negative: " + max);
        }
        try (LedgerMender mender = openToMend(partition)) {
            return mends && apply ? mend(mender) : examine(mender, mends);
        }
    }

    /** What was found, and so much of it as is named. */
    private final class Report {
        private final List<Damage> named = new ArrayList<>();
        private final Map<Damage.Kind, Long> mendable = new EnumMap<>(Damage.Kind.class);
        private final Examined examined;

        /** What has been mended in later rounds. */
        private final Map<Damage.Kind, Long> later = new EnumMap<>(Damage.Kind.class);

        Report(String task, BiFunction<Consumer<Damage>, LongConsumer, Examined> work) {
            try (ProgressBar bar = ProgressBars.bar(console(), task, -1, "")) {
                examined = work.apply(this::add, bar::stepTo);
            }
        }

        private void add(Damage damage) {
            damage.remedy().ifPresent(remedy -> mendable.merge(damage.kind(), 1L, Long::sum));
            name(damage);
        }

        private void name(Damage damage) {
            if (named.size() < max) {
                named.add(damage);
            }
        }

        void addMended(Report again) {
            again.mendable.forEach((kind, count) -> later.merge(kind, count, Long::sum));
            again.named.stream().filter(damage -> damage.remedy().isPresent()).forEach(this::name);
        }

        long total() {
            return examined.total() + sum(later);
        }

        long mendable() {
            return sum(mendable) + sum(later);
        }

        private static long sum(Map<Damage.Kind, Long> counts) {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }

        void print(boolean remedies) {
            if (!named.isEmpty()) {
                Table table =
                        remedies ? new Table("DAMAGE", "KEY", "WHAT", "REMEDY") : new Table("DAMAGE", "KEY", "WHAT");
                for (Damage damage : named) {
                    if (remedies) {
                        table.add(
                                damage.kind().wireName(),
                                damage.key(),
                                damage.message(),
                                damage.remedy().orElse(NOTHING));
                    } else {
                        table.add(damage.kind().wireName(), damage.key(), damage.message());
                    }
                }
                table.print(console());
            }
            if (total() > named.size()) {
                console().note("only the first " + named.size() + " of " + total() + " are shown");
            }
        }

        ObjectNode toJson() {
            ObjectNode answer = Json.MAPPER
                    .createObjectNode()
                    .put("events", examined.head().seq())
                    .put(EventFields.GLOBAL_POSITION, examined.head().position().toString())
                    .put("found", total())
                    .put("lost", examined.lost())
                    .put("complete", examined.complete())
                    .put("other_keys", examined.otherKeys());
            ObjectNode kinds = answer.putObject("kinds");
            Map<Damage.Kind, Long> found = new TreeMap<>(examined.found());
            later.forEach((kind, count) -> found.merge(kind, count, Long::sum));
            found.forEach((kind, count) -> kinds.put(kind.wireName(), count));
            ArrayNode damages = answer.putArray("damages");
            for (Damage damage : named) {
                damages.addObject()
                        .put("kind", damage.kind().wireName())
                        .put("key", damage.key())
                        .put("message", damage.message())
                        .put("remedy", damage.remedy().orElse(null));
            }
            return answer;
        }
    }

    private int examine(LedgerMender mender, boolean remedies) {
        Report report = new Report("examining", mender::examine);
        if (json) {
            printJson(report.toJson());
        } else {
            report.print(remedies);
            console().out().println(verdict(report));
            if (report.mendable() > 0) {
                console()
                        .note("contextgraph ledger mend" + (remedies ? " --apply puts" : " says what would put")
                                + " it right");
            }
            if (!report.examined.complete()) {
                console().note("so much is damaged that the rest shows only when some of it has been mended");
            }
        }
        return report.examined.total() == 0 ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private static String verdict(Report report) {
        Examined examined = report.examined;
        String events = "ledger: " + examined.head().seq() + " events up to "
                + examined.head().position() + ", ";
        if (examined.total() == 0) {
            return events + "whole";
        }
        return events + examined.total() + " damages, " + report.mendable() + " can be mended, " + examined.lost()
                + " cannot";
    }

    private int mend(LedgerMender mender) {
        Report mended = new Report("mending", mender::mend);
        Report left = new Report("examining", mender::examine);
        for (int round = 1; round < ROUNDS && left.mendable() > 0; round++) {
            Report again = new Report("mending", mender::mend);
            if (again.mendable() == 0) {
                break;
            }
            mended.addMended(again);
            left = new Report("examining", mender::examine);
        }
        if (json) {
            ObjectNode answer = Json.MAPPER.createObjectNode();
            answer.set("mended", mended.toJson());
            answer.set("left", left.toJson());
            printJson(answer);
        } else {
            mended.print(true);
            console().out().println("mended: " + mended.mendable() + " damages");
            console().out().println(verdict(left));
            if (left.mendable() > 0) {
                console().note("not all could be mended: contextgraph ledger examine names it");
            }
        }
        return left.examined.total() == 0 ? ExitCode.OK : ExitCode.FINDINGS;
    }
}
