// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Standard input as a file that can be read twice: it is kept in a temporary file, which nobody else may read and which is
 * gone when this is closed. Where the system allows it, the file has no name any more as soon as it is open, so that a
 * process that is killed leaves nothing of it.
 *
 * <p><b>Threads.</b> For one thread.
 */
public final class StandardInput implements AutoCloseable {
    /** What stands for it among paths. */
    public static final String PATH = "-";

    static final String NAME = "standard input";

    private final InputStream in;
    private final Path folder;
    private @Nullable FileChannel kept;

    /** Keeps {@code in}, which is not closed, in the folder of the system for temporary files. */
    public StandardInput(InputStream in) {
        this(in, Path.of(System.getProperty("java.io.tmpdir", ".")));
    }

    StandardInput(InputStream in, Path folder) {
        this.in = in;
        this.folder = folder;
    }

    /** Whether a path stands for it; a file of this name is {@code ./-}. */
    public static boolean isMeant(Path path) {
        return path.toString().equals(PATH);
    }

    /** Where it is kept. */
    Path folder() {
        return folder;
    }

    /**
     * Reads it to its end.
     *
     * @throws IOException when it cannot be read or kept
     */
    TraceFile kept() throws IOException {
        FileChannel file = kept;
        if (file == null) {
            file = unnamed();
            kept = file;
            long ignored = in.transferTo(Channels.newOutputStream(file));
        }
        FileChannel whole = file;
        return new TraceFile(() -> new FromStart(whole), NAME, whole.size(), true);
    }

    private FileChannel unnamed() throws IOException {
        Path file = Files.createTempFile(folder, "contextgraph-", ".import");
        try {
            return FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException | RuntimeException failed) {
            boolean ignored = Files.deleteIfExists(file);
            throw failed;
        }
    }

    @Override
    public void close() throws IOException {
        if (kept != null) {
            kept.close();
        }
    }

    /** The bytes of a file that stays open. */
    private static final class FromStart extends InputStream {
        private final FileChannel file;
        private long at;

        FromStart(FileChannel file) {
            this.file = file;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = file.read(ByteBuffer.wrap(into, offset, length), at);
            at += Math.max(0, read);
            return read;
        }
    }
}
