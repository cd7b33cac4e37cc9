// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import java.util.function.LongConsumer;
import java.util.function.ToLongFunction;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on a terminal; silence elsewhere. */
final class Progress {
    private static final int REFRESH_MILLIS = 200;

    private Progress() {}

    /** A bar of {@code total} units, or none when nobody watches. */
    static ProgressBar bar(Console console, String task, long total, String unit) {
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
            builder.setConsumer(new SilentConsumer());
        }
        return builder.build();
    }

    /** Runs work that reports how much is left, under a bar. */
    static long watch(Console console, String task, ToLongFunction<LongConsumer> work) {
        try (ProgressBar bar = bar(console, task, -1, "")) {
            return work.applyAsLong(left -> {
                if (bar.getMax() < left + bar.getCurrent()) {
                    bar.maxHint(left + bar.getCurrent());
                }
                bar.stepTo(Math.max(0, bar.getMax() - left));
            });
        }
    }

    /** Shows nothing. */
    private static final class SilentConsumer implements me.tongfei.progressbar.ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return 0;
        }

        @Override
        public void accept(String rendered) {}

        @Override
        public void close() {}
    }
}
