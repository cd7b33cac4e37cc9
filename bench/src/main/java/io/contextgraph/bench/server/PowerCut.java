// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes a killed Redis lose what a power cut would take: everything that it has written to its append-only file and
 * not synced, but for some part that the operating system happened to write by itself. A library that is loaded
 * before Redis's own keeps such bytes back; it is compiled here, so it needs Linux and a C compiler.
 */
public final class PowerCut {
    private static final String SOURCE = "power-cut.c";

    private PowerCut() {}

    /** Whether this machine can do it. */
    public static boolean isPossible() {
        try {
            return System.getProperty("os.name").equals("Linux")
                    && new ProcessBuilder("cc", "--version")
                                    .redirectErrorStream(true)
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                    .start()
                                    .onExit()
                                    .join()
                                    .exitValue()
                            == 0;
        } catch (IOException noCompiler) {
            return false;
        }
    }

    /** Compiles the library into a folder. */
    public static Path library(Path folder) throws IOException {
        Path source = folder.resolve(SOURCE);
        Path library = folder.resolve("power-cut.so");
        try (InputStream in = PowerCut.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IllegalStateException("missing resource: " + SOURCE);
            }
            Files.write(source, in.readAllBytes());
        }
        Process compiler = new ProcessBuilder(
                        "cc",
                        "-O1",
                        "-Wall",
                        "-shared",
                        "-fPIC",
                        "-o",
                        library.toString(),
                        source.toString(),
                        "-ldl",
                        "-lpthread")
                .redirectErrorStream(true)
                .start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.onExit().join().exitValue() != 0) {
            throw new IOException("cc cannot compile " + source + ": " + said);
        }
        return library;
    }
}
