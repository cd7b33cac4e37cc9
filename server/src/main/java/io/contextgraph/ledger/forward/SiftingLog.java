// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.forward;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A log in front of another one: it looks at each wish to append before that one does, and at what that one says of it. All that
 * is read comes from that one.
 *
 * <p><b>Guarantees.</b> Outcomes stand in the order of the call, whoever told them.
 */
public abstract class SiftingLog implements EventLog {
    private final EventLog log;

    protected SiftingLog(EventLog log) {
        this.log = log;
    }

    /** The log behind this one. */
    protected final EventLog log() {
        return log;
    }

    /**
     * What becomes of each of these, in their order.
     *
     * @throws LedgerException when it cannot be told of one: then none is appended
     */
    protected abstract List<Sifted> sift(List<Append> appends);

    /** What is said of a wish that was passed on. */
    protected AppendOutcome told(Append wished, AppendOutcome said) {
        return said;
    }

    private final class Sorted {
        private final List<Append> wished;
        private final List<Sifted> sifted;
        private final List<Append> passed = new ArrayList<>();

        private Sorted(List<Append> appends) {
            this.wished = appends;
            this.sifted = sift(appends);
            for (Sifted one : sifted) {
                if (one instanceof Sifted.Passed on) {
                    passed.add(on.append());
                }
            }
        }

        private AppendResult with(AppendResult said) {
            Iterator<AppendOutcome> rest = said.outcomes().iterator();
            List<AppendOutcome> all = new ArrayList<>();
            for (int i = 0; i < wished.size(); i++) {
                all.add(
                        switch (sifted.get(i)) {
                            case Sifted.Known known -> known.outcome();
                            case Sifted.Passed ignored -> told(wished.get(i), rest.next());
                        });
            }
            return new AppendResult(all, said.reached());
        }
    }

    /** Of no event: it is as safe as asked. */
    private static AppendResult nothing(Durability atLeast) {
        return new AppendResult(List.of(), atLeast);
    }

    @Override
    public final AppendResult append(List<Append> appends, Durability atLeast) {
        Sorted sorted = new Sorted(appends);
        return sorted.with(
                sorted.passed.isEmpty() ? nothing(atLeast) : log.append(List.copyOf(sorted.passed), atLeast));
    }

    @Override
    public final AppendStream stream(Durability atLeast) {
        AppendStream stream = log.stream(atLeast);
        return appends -> {
            Sorted sorted = new Sorted(appends);
            if (sorted.passed.isEmpty()) {
                AppendResult result = sorted.with(nothing(atLeast));
                return () -> result;
            }
            AppendStream.Written written = stream.write(List.copyOf(sorted.passed));
            return () -> sorted.with(written.await());
        };
    }

    @Override
    public Lookup find(EventId id) {
        return log.find(id);
    }

    @Override
    public final Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return log.payloads(ids);
    }

    @Override
    public final Map<EventId, Original> originals(Collection<EventId> ids) {
        return log.originals(ids);
    }
}
