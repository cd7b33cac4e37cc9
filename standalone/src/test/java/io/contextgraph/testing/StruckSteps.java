// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/** Steps of one process, one of which is its last: it says so, and ends there, without a chance to do anything more. */
public final class StruckSteps {
    /** What a process says of where it ends. */
    public static final String AT = "at: ";

    private static final int KILLED = 128 + 9;

    private final Set<String> passed = new TreeSet<>();
    private String last = "";
    private CommandBreaker.Moment moment = CommandBreaker.Moment.BEFORE;
    private boolean armed;

    /** One step of it. */
    @FunctionalInterface
    public interface Step {
        void run() throws IOException;
    }

    /** From here on steps are remembered, and the first of this name is the last one; there may be none of it. */
    public synchronized void arm(String name, CommandBreaker.Moment when) {
        last = name;
        moment = when;
        armed = true;
    }

    /** The names of the steps since. */
    public synchronized Set<String> passed() {
        return Set.copyOf(passed);
    }

    private synchronized boolean isDue(String name) {
        boolean ignored = armed && passed.add(name);
        return armed && name.equals(last);
    }

    /**
     * Takes a step, where it is not the last one.
     *
     * @param half what has happened when the process ends in the middle of it
     */
    public void take(String name, Step half, Step whole) throws IOException {
        if (!isDue(name)) {
            whole.run();
            return;
        }
        if (moment == CommandBreaker.Moment.DURING) {
            half.run();
        } else if (moment == CommandBreaker.Moment.AFTER) {
            whole.run();
        }
        System.out.println(AT + name);
        System.out.flush();
        Runtime.getRuntime().halt(KILLED);
    }
}
