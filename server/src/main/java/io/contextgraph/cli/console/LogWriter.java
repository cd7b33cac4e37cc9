// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import java.io.PrintWriter;
import java.io.Writer;

/** Standard error of a process that may have to log what it tells people. */
public abstract class LogWriter extends PrintWriter {
    protected LogWriter(Writer out) {
        super(out, true);
    }

    /** Whether each line becomes a line of the log now. */
    public abstract boolean isLogging();

    /** Logs what went wrong; only where lines are logged. */
    public abstract void failure(String text);
}
