// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ledger.personal.PersistedFiles;
import io.contextgraph.ledger.personal.PersistedFiles.Outcome;
import io.contextgraph.ledger.personal.PersistedFiles.Rewritten;
import io.contextgraph.privacy.key.Pseudonym;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Files of the store of one kind: written anew.
 *
 * @param name a stable name for machines
 * @param rewrite has them written
 */
public record FilesPlace(String name, Supplier<List<Rewritten>> rewrite) implements ErasurePlace {
    /**
     * The append-only files.
     *
     * @param patience how long to wait for each
     */
    public static FilesPlace appendOnly(PersistedFiles files, Duration patience) {
        return new FilesPlace("append_only_files", () -> files.appendOnly(patience));
    }

    /**
     * The snapshots.
     *
     * @param patience how long to wait for each
     */
    public static FilesPlace snapshots(PersistedFiles files, Duration patience) {
        return new FilesPlace("snapshots", () -> files.snapshots(patience));
    }

    @Override
    public Sweep sweep(List<Pseudonym> names) {
        List<Rewritten> all = rewrite.get();
        List<String> remains = new ArrayList<>();
        for (Rewritten file : all) {
            if (file.outcome() == Outcome.LEFT) {
                remains.add(file.server() + ": " + file.told());
            }
            file.older().forEach(older -> remains.add(file.server() + ": " + older + " is older: delete it"));
        }
        String written = all.stream()
                .filter(file -> file.outcome() == Outcome.WRITTEN)
                .map(file -> file.server() + " (" + file.told() + ")")
                .collect(Collectors.joining(", "));
        return new Sweep(
                name,
                all.stream().filter(file -> file.outcome() != Outcome.NONE).count(),
                written.isEmpty()
                        ? "none was written anew"
                        : "written anew after the payloads were deleted: " + written,
                remains,
                remains.isEmpty() ? "" : Copies.SEALED);
    }
}
