// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageTrial;
import java.util.List;
import java.util.Optional;

/** Looks at whether it is known what is in the archive; tries the archive for somebody who waits for it. */
public final class ArchiveCheck implements Check {
    /** Segments cannot be read: a late retry of an event of theirs may be taken for a new one. */
    static final Concern FAILING = Concern.degrading("archive_failing");

    private final Storage storage;
    private final Optional<ArchiveWatch> watch;

    /** @param watch who looks at it here; empty where nobody does */
    public ArchiveCheck(Storage storage, Optional<ArchiveWatch> watch) {
        this.storage = storage;
        this.watch = watch;
    }

    @Override
    public String name() {
        return "archive";
    }

    @Override
    public Concern unavailable() {
        return FAILING;
    }

    @Override
    public Checked look() {
        List<Finding> findings = watch.flatMap(ArchiveWatch::failure).stream()
                .map(why -> Finding.of(Level.WARNING, name(), why).as(FAILING))
                .toList();
        return new Checked(findings.isEmpty(), findings);
    }

    @Override
    public List<Finding> examine() {
        return List.of(StorageTrial.of(storage, name()));
    }
}
