// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.server;

import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the errors and warnings that a server tells in its log, and shows them: under traffic that it must be able to
 * bear it has nothing to warn of. Safe for threads.
 */
public final class ErrorLog implements Consumer<String> {
    private static final int SHOWN = 200;
    private static final Pattern ENTRY = Pattern.compile("[0-9T:.-]+Z? (?<level>[A-Z]+) .*");

    private final PrintStream out;
    private final AtomicLong errors = new AtomicLong();
    private final AtomicLong lines = new AtomicLong();
    private volatile boolean told = true;

    /** @param out is shown the first lines */
    public ErrorLog(PrintStream out) {
        this.out = out;
    }

    @Override
    public void accept(String line) {
        Matcher entry = ENTRY.matcher(line);
        boolean begins = entry.matches();
        if (begins) {
            told = entry.group("level").equals("ERROR") || entry.group("level").equals("WARN");
        }
        if (begins && told) {
            errors.incrementAndGet();
        }
        if (told && lines.getAndIncrement() < SHOWN) {
            out.println("      server: " + line);
        }
    }

    public long errors() {
        return errors.get();
    }
}
