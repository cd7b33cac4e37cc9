// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own for a part of a test, which starts soon, takes little, and may be killed. */
public final class SmallJvm {
    private SmallJvm() {}

    /** What starts it: with the classes of this one, and what it says wrong beside what it says. */
    public static ProcessBuilder of(Class<?> main, String... arguments) {
        return withHeap("128m", main, arguments);
    }

    /** The same with another heap; out of it, the process ends, as that of the product does. */
    public static ProcessBuilder withHeap(String heap, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }
}
