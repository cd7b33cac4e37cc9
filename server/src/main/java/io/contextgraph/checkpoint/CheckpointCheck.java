// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.checkpoint;

import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import java.util.List;
import java.util.Optional;

/** Looks whether the ledger has become shorter. */
public final class CheckpointCheck implements Check {
    private final Checkpoints checkpoints;
    private final Optional<CheckpointKeeper> keeper;

    /** @param keeper whoever looks here again and again; empty where nobody does */
    public CheckpointCheck(Checkpoints checkpoints, Optional<CheckpointKeeper> keeper) {
        this.checkpoints = checkpoints;
        this.keeper = keeper;
    }

    @Override
    public String name() {
        return "checkpoint";
    }

    @Override
    public Concern unavailable() {
        return Checkpoints.SHORTER;
    }

    /** What the keeper has found last, so that nobody waits. */
    @Override
    public Checked look() {
        return new Checked(true, keeper.map(CheckpointKeeper::found).orElseGet(checkpoints::examine));
    }

    @Override
    public List<Finding> examine() {
        return checkpoints.examine();
    }
}
