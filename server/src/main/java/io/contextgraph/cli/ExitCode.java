// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import java.util.List;

/** What the process ends with. */
public final class ExitCode {
    /** Done as asked. */
    public static final int OK = 0;
    /** Something that nobody foresaw: a defect. */
    public static final int FAILED = 1;
    /** Wrong words on the command line, or settings that cannot be used. */
    public static final int USAGE = 2;
    /** There is no such event or session. */
    public static final int NOT_FOUND = 3;
    /** Some of the input was refused; the rest was taken. */
    public static final int REFUSED = 4;
    /** Redis or Neo4j could not be reached, started or used. */
    public static final int UNAVAILABLE = 5;
    /** A check found something wrong: ledger and graph differ, or the doctor found a problem. */
    public static final int FINDINGS = 6;

    /** For the foot of each help page. */
    static final List<String> DESCRIPTIONS = List.of(
            OK + ":done",
            FAILED + ":failed unexpectedly",
            USAGE + ":wrong usage or settings",
            NOT_FOUND + ":no such event or session",
            REFUSED + ":some input was refused, the rest was taken",
            UNAVAILABLE + ":Redis or Neo4j not available",
            FINDINGS + ":a check found something wrong");

    private ExitCode() {}
}
