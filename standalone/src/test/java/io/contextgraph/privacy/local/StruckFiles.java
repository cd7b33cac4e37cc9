// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.testing.StruckSteps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The files of a store of keys, in a process that ends at one of their steps. */
public final class StruckFiles extends DurableFiles {
    private final StruckSteps steps;

    private StruckFiles(StruckSteps steps) {
        this.steps = steps;
    }

    /** Opens a store of keys of such a process. */
    public static FileKeyStore open(Path folder, KeyWrapper wrapper, StruckSteps steps) {
        return FileKeyStore.open(folder, wrapper, new StruckFiles(steps));
    }

    private static String kind(Path file) {
        String kind = file.toString().contains("erasures") ? "erasures" : "key";
        String name = file.toString();
        return kind + (name.endsWith(PART) ? " part" : name.endsWith(GONE) ? " gone" : "");
    }

    @Override
    Path created(Path file) throws IOException {
        steps.take("create " + kind(file), () -> {}, () -> {
            Path ignored = super.created(file);
        });
        return file;
    }

    @Override
    void fill(Path file, byte[] content) throws IOException {
        steps.take(
                "fill " + kind(file),
                () -> super.fill(file, Arrays.copyOf(content, content.length / 2)),
                () -> super.fill(file, content));
    }

    @Override
    void renamed(Path from, Path to) throws IOException {
        steps.take("rename " + kind(from) + " to " + kind(to), () -> {}, () -> super.renamed(from, to));
    }

    @Override
    void deleteIfThere(Path file) throws IOException {
        steps.take("delete " + kind(file), () -> {}, () -> super.deleteIfThere(file));
    }

    @Override
    void sync(Path folder) throws IOException {
        steps.take("sync " + kind(folder), () -> {}, () -> super.sync(folder));
    }
}
