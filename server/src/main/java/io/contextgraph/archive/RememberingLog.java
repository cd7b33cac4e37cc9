// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.forward.Sifted;
import io.contextgraph.ledger.forward.SiftingLog;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.storage.StorageException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A ledger's log that remembers what only the archive knows: an event that has left the ledger so long ago that the ledger has
 * forgotten its id is told to be gone, and never appended anew.
 *
 * <p><b>Errors.</b> {@link Reason#UNAVAILABLE} where the archive must be asked about an event and does not answer: also as long as it
 * has never answered, for events that the ledger does not know, where the ledger has forgotten the id of any.
 *
 * <p><b>Threads.</b> As the log.
 */
final class RememberingLog extends SiftingLog {
    /** Why an event is gone, where only the archive knows. */
    static final String ARCHIVED = "archived";

    /** The same where there is no archive. */
    static final String PRUNED = "pruned";

    private final ArchiveWatch archive;
    private final boolean whole;
    private final Pruning pruning;

    /** @param whole whether the archive has the events */
    RememberingLog(EventLog log, Pruning pruning, ArchiveWatch archive, boolean whole) {
        super(log);
        this.pruning = pruning;
        this.archive = archive;
        this.whole = whole;
    }

    /** What the archive tells of an event that the ledger does not know. */
    private Optional<Lookup.Gone> gone(EventId id) {
        try {
            return archive.find(id)
                    .map(found -> new Lookup.Gone(
                            found.archivedAt(),
                            whole ? ARCHIVED : PRUNED,
                            whole ? found.segment().toString() : ""));
        } catch (StorageException | UncheckedIOException | ArchiveException away) {
            throw new LedgerException(Reason.UNAVAILABLE, untold(id, away.getMessage()), away);
        }
    }

    /** Why only the archive can tell of an event that the ledger does not know, and cannot be asked; empty where that is not so. */
    private Optional<String> ignorance() {
        return archive.ignorance().filter(why -> pruning.extent().events() > pruning.remembered());
    }

    private static String untold(EventId id, @Nullable String why) {
        return "whether " + id + " is archived cannot be told: " + why;
    }

    @Override
    protected List<Sifted> sift(List<Append> appends) {
        Optional<String> ignorance = ignorance();
        List<Sifted> sifted = new ArrayList<>();
        for (Append append : appends) {
            EventId id = append.event().id();
            if (ignorance.isPresent() && log().find(id) instanceof Lookup.Unknown) {
                throw new LedgerException(Reason.UNAVAILABLE, untold(id, ignorance.get()));
            }
            Optional<Lookup.Gone> gone = gone(id).filter(archived -> log().find(id) instanceof Lookup.Unknown);
            sifted.add(
                    gone.isPresent()
                            ? new Sifted.Known(new AppendOutcome.Gone(id, gone.get()))
                            : new Sifted.Passed(append));
        }
        return sifted;
    }

    @Override
    public Lookup find(EventId id) {
        Lookup found = log().find(id);
        Optional<String> ignorance = found instanceof Lookup.Unknown ? ignorance() : Optional.empty();
        if (ignorance.isPresent()) {
            throw new LedgerException(Reason.UNAVAILABLE, untold(id, ignorance.get()));
        }
        return found instanceof Lookup.Unknown
                ? gone(id).<Lookup>map(gone -> gone).orElse(found)
                : found;
    }
}
