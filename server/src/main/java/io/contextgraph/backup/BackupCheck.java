// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.config.Forms;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageTrial;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at whether backups are taken as they are scheduled; tries the place where they are kept for somebody who waits. */
public final class BackupCheck implements Check {
    /** Backups by the schedule fail, or cannot be verified. */
    static final Concern FAILING = Concern.degrading("backup_failing");

    /** The newest backup is older than the schedule allows. */
    static final Concern LATE = Concern.degrading("backup_late");

    private final Storage storage;
    private final BackupSchedule schedule;
    private final InstantSource clock;

    /** @param schedule who takes them here, or only looks */
    public BackupCheck(Storage storage, BackupSchedule schedule, InstantSource clock) {
        this.storage = storage;
        this.schedule = schedule;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "backups";
    }

    @Override
    public Concern unavailable() {
        return FAILING;
    }

    @Override
    public Set<Concern> concerns() {
        return Set.of(FAILING, LATE);
    }

    /** Of what the schedule has seen last: asks no storage. */
    @Override
    public Checked look() {
        BackupStanding standing = schedule.standing();
        List<Finding> findings = new ArrayList<>();
        standing.failure().ifPresent(why -> findings.add(warning(why).as(FAILING)));
        Optional<Backup> counts = schedule.verifies() ? standing.verified() : standing.newest();
        counts.filter(last -> standing.isLate(counts, clock.instant()))
                .ifPresent(last -> findings.add(warning("the newest "
                                + (schedule.verifies() ? "verified one" : "one") + " is of " + Times.format(last.at())
                                + ", and there should be one each " + Forms.text(standing.interval())
                                + ": contextgraph backup create says why there is none")
                        .as(LATE)));
        return new Checked(findings.isEmpty(), findings);
    }

    private Finding warning(String message) {
        return Finding.of(Level.WARNING, name(), message);
    }

    @Override
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>(List.of(StorageTrial.of(storage, name())));
        try {
            schedule.look();
            findings.addAll(look().findings());
            BackupStanding standing = schedule.standing();
            findings.add(standing.newest()
                    .map(last -> Finding.of(
                            Level.OK,
                            name(),
                            "the newest is " + last.id() + " with "
                                    + last.head().seq() + " events, "
                                    + (last.trial().verified() ? "verified" : "not verified")))
                    .orElseGet(() -> standing.isScheduled()
                            ? warning("there is none of this ledger yet: a server that runs takes the first one")
                            : Finding.of(Level.OK, name(), "there is none of this ledger yet")));
        } catch (LedgerException | WorkFailedException away) {
            findings.add(warning("what there is cannot be seen: " + away.getMessage()));
        }
        return findings;
    }
}
