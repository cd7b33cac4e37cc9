// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.storage.StoredFile;
import java.util.List;
import java.util.function.Predicate;

/**
 * What an archive has of a ledger.
 *
 * @param segments those that exist, in the order of their events
 * @param faults manifests that cannot be read, and segments that have the same events
 * @param leftovers files of no segment: somebody is writing one, or was killed while doing it
 */
public record Catalog(List<Segment> segments, List<ArchiveFault> faults, List<StoredFile> leftovers) {
    public Catalog {
        segments = List.copyOf(segments);
        faults = List.copyOf(faults);
        leftovers = List.copyOf(leftovers);
    }

    /** The same with some of the segments only. */
    public Catalog only(Predicate<Segment> which) {
        return new Catalog(segments.stream().filter(which).toList(), faults, leftovers);
    }
}
