// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;

/** Standard output for whole lines of UTF-8; fails when nobody takes them any more, which a writer keeps to itself. */
public final class ConsoleStream extends OutputStream {
    private final PrintWriter out;

    public ConsoleStream(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void write(int b) {
        throw new UnsupportedOperationException("takes whole lines");
    }

    @Override
    public void write(byte[] lines, int offset, int length) {
        out.write(new String(lines, offset, length, UTF_8));
    }

    @Override
    public void flush() throws IOException {
        if (out.checkError()) {
            throw new IOException("standard output takes no more");
        }
    }
}
