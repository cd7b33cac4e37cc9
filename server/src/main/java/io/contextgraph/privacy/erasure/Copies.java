// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.archive.ArchiveException;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.storage.StorageException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Copies that were made before: nobody touches them, and nobody can read what they have of the person.
 *
 * @param name a stable name for machines
 * @param what they are, for people, as {@code segments of the archive}
 * @param count how many there are
 */
public record Copies(String name, String what, LongSupplier count) implements ErasurePlace {
    static final String SEALED = "what they have of the person is sealed by a key that is destroyed";

    /** Segments of the archive. */
    public static Copies archive(LongSupplier segments) {
        return new Copies("archive", "segments of the archive", segments);
    }

    /** Backups. */
    public static Copies backups(LongSupplier backups) {
        return new Copies("backups", "backups", backups);
    }

    @Override
    public Sweep sweep(List<Pseudonym> names) {
        long there;
        try {
            there = count.getAsLong();
        } catch (StorageException | ArchiveException away) {
            return new Sweep(
                    name,
                    0,
                    "left as they are: where they are does not answer",
                    List.of(what + " that were made before, if there are any: they could not be counted"),
                    SEALED);
        }
        return new Sweep(
                name,
                there,
                "left as they are: they go when their own time has come",
                there == 0 ? List.of() : List.of(there + " " + what + " that were made before"),
                there == 0
                        ? ""
                        : SEALED + "; and before anything that is restored from them can be read, every erasure is"
                                + " replayed on it");
    }
}
