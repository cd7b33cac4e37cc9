// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

/** Is told how an import gets on, after each batch and each file, by the thread that imports. */
@FunctionalInterface
public interface ImportProgress {
    /** Tells nobody. */
    ImportProgress NONE = progress -> {};

    void advanced(Step progress);

    /**
     * Where the import stands.
     *
     * @param file the file that is being read, or was read last
     * @param filesDone files that are finished
     * @param filesTotal files in all
     * @param bytesDone size on disk of the files that are finished
     * @param bytesTotal size on disk of all files
     * @param events events that the ledger has answered for
     */
    record Step(String file, int filesDone, int filesTotal, long bytesDone, long bytesTotal, long events) {}
}
