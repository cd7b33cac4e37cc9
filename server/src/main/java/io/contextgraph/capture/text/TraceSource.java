// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bytes that can be read from their beginning as often as needed, and are always the same. */
@FunctionalInterface
public interface TraceSource {
    /** The bytes of a file. */
    static TraceSource of(Path file) {
        return () -> Files.newInputStream(file);
    }

    /** Begins to read; the stream is closed by who asked for it. */
    InputStream open() throws IOException;
}
