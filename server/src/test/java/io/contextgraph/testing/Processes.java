// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What the JDK cannot do to a process. */
public final class Processes {
    private Processes() {}

    /** Sends a signal, such as {@code STOP}. */
    public static void signal(ProcessHandle process, String name) {
        run("kill", "-" + name, Long.toString(process.pid()));
    }

    /** Lets a process write files of any size, where whatever started it has set a limit. */
    public static void liftFileLimit(ProcessHandle process) {
        run("prlimit", "--pid", Long.toString(process.pid()), "--fsize=unlimited");
    }

    public static void run(String... command) {
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (code != 0) {
                throw new IllegalStateException(String.join(" ", command) + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
