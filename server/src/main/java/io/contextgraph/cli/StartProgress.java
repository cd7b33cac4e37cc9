// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ProgressBars;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;

/**
 * Tells a person how a start goes: what is done on a terminal only, so that scripts are not told of good starts; what
 * everybody must know everywhere; a bar for what is fetched.
 *
 * <p><b>Threads.</b> Safe for threads: parts start beside each other.
 */
final class StartProgress implements Workspace.StartReport, AutoCloseable {
    private static final int MEGABYTE = 1_000_000;

    private final Console console;
    private @Nullable ProgressBar bar;

    StartProgress(Console console) {
        this.console = console;
    }

    @Override
    public void say(String line) {
        if (console.isTerminal()) {
            notice(line);
        }
    }

    @Override
    public synchronized void notice(String line) {
        console.note(line);
    }

    @Override
    public synchronized void fetched(long done, long total) {
        if (bar == null) {
            bar = ProgressBars.bar(console, "fetching Redis, MB", total / MEGABYTE, " MB");
        }
        bar.stepTo(done / MEGABYTE);
        if (done >= total) {
            close();
        }
    }

    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
