// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import io.contextgraph.operation.Watcher;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.ToLongFunction;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/** A bar on a terminal, a plain line now and then elsewhere; nothing for what is done within a second. */
public final class ProgressBars {
    private static final int REFRESH_MILLIS = 200;
    private static final int PLAIN_REFRESH_MILLIS = 3_000;
    private static final Duration WORTH_TELLING = Duration.ofSeconds(1);

    private ProgressBars() {}

    /** A bar of {@code total} units, or none when nobody watches. */
    public static ProgressBar bar(Console console, String task, long total, String unit) {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setUnit(unit, 1)
                .setUpdateIntervalMillis(REFRESH_MILLIS)
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish();
        if (console.isTerminal()) {
            builder.setConsumer(new ConsoleProgressBarConsumer(System.err, console.columns()));
        } else {
            builder.setUpdateIntervalMillis(PLAIN_REFRESH_MILLIS)
                    .setRenderer((state, width) -> plain(state))
                    .setConsumer(new PlainLines(console));
        }
        return builder.build();
    }

    /** Runs work that reports how much is left, under a bar. */
    public static long watch(Console console, String task, ToLongFunction<LongConsumer> work) {
        try (ProgressBar bar = bar(console, task, -1, "")) {
            return work.applyAsLong(left -> {
                if (bar.getMax() < left + bar.getCurrent()) {
                    bar.maxHint(left + bar.getCurrent());
                }
                bar.stepTo(Math.max(0, bar.getMax() - left));
            });
        }
    }

    /** Moves a bar, which names what is being done. */
    public static Watcher watcher(ProgressBar bar) {
        return (phase, done, total) -> {
            bar.setExtraMessage(phase.wireName());
            bar.maxHint(total);
            bar.stepTo(done);
        };
    }

    /** Such as {@code verifying: 1200 of 5280}; empty as long as it is not worth telling. */
    private static String plain(ProgressState state) {
        if (state.getElapsedAfterStart().compareTo(WORTH_TELLING) < 0) {
            return "";
        }
        String total = state.getMax() > 0 ? " of " + state.getMax() : "";
        return state.getTaskName() + ": " + state.getCurrent() + total;
    }

    /** One line for each rendering that says something. */
    private static final class PlainLines implements ProgressBarConsumer {
        private final Console console;

        PlainLines(Console console) {
            this.console = console;
        }

        @Override
        public int getMaxRenderedLength() {
            return Integer.MAX_VALUE;
        }

        @Override
        public void accept(String rendered) {
            if (!rendered.isBlank()) {
                console.note(rendered.strip());
            }
        }

        /** Lines stay; the default would make a blank one as long as a line may be. */
        @Override
        public void clear() {}

        @Override
        public void close() {}
    }
}
