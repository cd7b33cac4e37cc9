// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Breaks off after some steps, as a process does that is killed there: half of what it writes then has reached the disk. */
final class BreakingFiles extends DurableFiles {
    private int left;

    BreakingFiles(int steps) {
        this.left = steps;
    }

    private void step() throws IOException {
        if (left-- <= 0) {
            throw new IOException("broken off");
        }
    }

    @Override
    Path created(Path file) throws IOException {
        step();
        return super.created(file);
    }

    @Override
    void fill(Path file, byte[] content) throws IOException {
        if (left == 0) {
            super.fill(file, Arrays.copyOf(content, content.length / 2));
        }
        step();
        super.fill(file, content);
    }

    @Override
    void renamed(Path from, Path to) throws IOException {
        step();
        super.renamed(from, to);
    }

    @Override
    void deleteIfThere(Path file) throws IOException {
        step();
        super.deleteIfThere(file);
    }

    @Override
    void sync(Path folder) throws IOException {
        step();
        super.sync(folder);
    }
}
