// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the process ends with. */
public final class ExitCode {
    /** Done as asked. */
    public static final int OK = 0;
    /** Something that nobody foresaw: a defect. */
    public static final int FAILED = 1;
    /** Wrong words on the command line, or settings that cannot be used. */
    public static final int USAGE = 2;
    /**
     * There is no such event or session. The JVM itself, too, ends with this where it has run out of memory: the start script
     * asks it to ({@code -XX:+ExitOnOutOfMemoryError}).
     */
    public static final int NOT_FOUND = 3;
    /** Some of the input was refused; the rest was taken. */
    public static final int REFUSED = 4;
    /** Redis, Neo4j, the data folder or the port could not be had, or was lost. */
    public static final int UNAVAILABLE = 5;
    /** A check found something wrong: ledger and graph differ, or the doctor found a problem. */
    public static final int FINDINGS = 6;
    /** Nothing differs, but the graph had not seen some sessions when they were compared, or they changed each time: ask again. */
    public static final int UNSETTLED = 7;

    /** For the foot of each help page, in order. */
    public static final Map<String, String> DESCRIPTIONS = descriptions();

    private static Map<String, String> descriptions() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(Integer.toString(OK), "done");
        texts.put(Integer.toString(FAILED), "failed unexpectedly");
        texts.put(Integer.toString(USAGE), "wrong usage or settings");
        texts.put(Integer.toString(NOT_FOUND), "no such event or session; of any command: out of memory");
        texts.put(Integer.toString(REFUSED), "some input was refused, the rest was taken");
        texts.put(
                Integer.toString(UNAVAILABLE), "not available: Redis, Neo4j, the data folder, the port or the server");
        texts.put(Integer.toString(FINDINGS), "a check found something wrong");
        texts.put(Integer.toString(UNSETTLED), "nothing differs, but not all could be compared yet: ask again");
        return Collections.unmodifiableMap(texts);
    }

    private ExitCode() {}
}
