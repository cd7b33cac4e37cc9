// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.storage.StorageException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
final class RememberingLog implements EventLog {
    /** Why an event is gone, where only the archive knows. */
    static final String ARCHIVED = "archived";

    private final EventLog log;
    /** The same where there is no archive. */
    static final String PRUNED = "pruned";

    private final ArchiveWatch archive;
    private final boolean whole;
    private final Pruning pruning;

    /** @param whole whether the archive has the events */
    RememberingLog(EventLog log, Pruning pruning, ArchiveWatch archive, boolean whole) {
        this.log = log;
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

    /** What is gone of a call, and what is not. */
    private final class Sorted {
        /** In the order of the call: empty where the log is to say it. */
        private final List<Optional<AppendOutcome>> known = new ArrayList<>();

        private final List<Append> others = new ArrayList<>();

        private Sorted(List<Append> appends) {
            Optional<String> ignorance = ignorance();
            for (Append append : appends) {
                EventId id = append.event().id();
                if (ignorance.isPresent() && log.find(id) instanceof Lookup.Unknown) {
                    throw new LedgerException(Reason.UNAVAILABLE, untold(id, ignorance.get()));
                }
                Optional<AppendOutcome> outcome = gone(id).filter(archived -> log.find(id) instanceof Lookup.Unknown)
                        .map(archived -> new AppendOutcome.Gone(id, archived));
                known.add(outcome);
                if (outcome.isEmpty()) {
                    others.add(append);
                }
            }
        }

        /** What is said of all, where the log has said something of the others. */
        private AppendResult with(AppendResult said) {
            if (others.size() == known.size()) {
                return said;
            }
            Iterator<AppendOutcome> rest = said.outcomes().iterator();
            List<AppendOutcome> all =
                    known.stream().map(outcome -> outcome.orElseGet(rest::next)).toList();
            return new AppendResult(all, said.reached());
        }
    }

    @Override
    public AppendResult append(List<Append> appends, Durability atLeast) {
        Sorted sorted = new Sorted(appends);
        return sorted.with(
                sorted.others.isEmpty() ? nothing(atLeast) : log.append(List.copyOf(sorted.others), atLeast));
    }

    /** Of no event: it is as safe as asked. */
    private static AppendResult nothing(Durability atLeast) {
        return new AppendResult(List.of(), atLeast);
    }

    @Override
    public AppendStream stream(Durability atLeast) {
        AppendStream stream = log.stream(atLeast);
        return appends -> {
            Sorted sorted = new Sorted(appends);
            if (sorted.others.isEmpty()) {
                AppendResult result = sorted.with(nothing(atLeast));
                return () -> result;
            }
            AppendStream.Written written = stream.write(List.copyOf(sorted.others));
            return () -> sorted.with(written.await());
        };
    }

    @Override
    public Lookup find(EventId id) {
        Lookup found = log.find(id);
        Optional<String> ignorance = found instanceof Lookup.Unknown ? ignorance() : Optional.empty();
        if (ignorance.isPresent()) {
            throw new LedgerException(Reason.UNAVAILABLE, untold(id, ignorance.get()));
        }
        return found instanceof Lookup.Unknown
                ? gone(id).<Lookup>map(gone -> gone).orElse(found)
                : found;
    }

    @Override
    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return log.payloads(ids);
    }

    @Override
    public Map<EventId, Original> originals(Collection<EventId> ids) {
        return log.originals(ids);
    }

    @Override
    public List<RecordedEvent> read(long afterSeq, int max) {
        return log.read(afterSeq, max);
    }

    @Override
    public Head head() {
        return log.head();
    }
}
