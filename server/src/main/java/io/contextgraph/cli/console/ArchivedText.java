// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Times;
import io.contextgraph.graph.summary.FailingChain;
import io.contextgraph.graph.summary.NameCounts;
import io.contextgraph.graph.summary.Summary;
import java.util.stream.Collectors;

/** What is left to say of archived events, for people. */
public final class ArchivedText {
    private ArchivedText() {}

    /** A summary in a line. */
    public static String line(Summary summary) {
        return "%s: %d events, numbers %d to %d, %s to %s"
                .formatted(
                        Console.safe(summary.id()),
                        summary.events(),
                        summary.firstSeq(),
                        summary.lastSeq(),
                        Times.format(summary.firstAt()),
                        Times.format(summary.lastAt()));
    }

    /** All of a summary, line by line. */
    public static String whole(Summary summary) {
        StringBuilder text = new StringBuilder();
        add(text, "summary", line(summary));
        add(text, "types", names(summary.types()));
        add(text, "tools", names(summary.tools()));
        add(text, "agents", names(summary.agents()));
        add(text, "statuses", names(summary.statuses()));
        summary.firstText().ifPresent(said -> add(text, "first", said));
        summary.lastText().ifPresent(said -> add(text, "last", said));
        summary.failing().forEach(chain -> add(text, "failing", failing(chain)));
        return text.toString();
    }

    private static void add(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append("%-16s %s%n".formatted(name, Console.safe(value)));
        }
    }

    private static String names(NameCounts counts) {
        String named = counts.named().entrySet().stream()
                .map(name -> name.getKey() + " " + name.getValue())
                .collect(Collectors.joining(", "));
        return counts.others() == 0 ? named : named + ", others " + counts.others();
    }

    private static String failing(FailingChain chain) {
        return chain.steps().stream()
                        .map(step -> step.tool().orElse(step.type())
                                + step.status()
                                        .map(EventStatus::wireName)
                                        .map(how -> " " + how)
                                        .orElse("")
                                + " " + step.id())
                        .collect(Collectors.joining(" <- "))
                + (chain.cut() ? " <- ..." : "")
                + chain.text().map(said -> ": " + said).orElse("");
    }
}
