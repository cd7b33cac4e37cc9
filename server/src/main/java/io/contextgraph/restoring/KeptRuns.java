// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.event.Times;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.trim.RetentionNotes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The numbers of events that were brought back and must not leave again yet.
 *
 * <p><b>Shape.</b> A note {@code restored:<segment>} of retention: the time until which, and the runs, as
 * {@code 2030-03-20T12:00:00.000Z 1-200 203-400}.
 */
public final class KeptRuns {
    private static final String NOTE = "restored:";

    private final List<SeqRun> runs;

    private KeptRuns(List<SeqRun> runs) {
        this.runs = runs;
    }

    /** Those that are kept at a time; a note that cannot be read keeps nothing. */
    public static KeptRuns at(RetentionNotes notes, Instant now) {
        List<SeqRun> runs = new ArrayList<>();
        notes.all().forEach((name, text) -> {
            String[] parts = text.split(" ", -1);
            if (name.startsWith(NOTE)
                    && Times.parse(parts[0]).map(now::isBefore).orElse(false)) {
                for (int i = 1; i < parts.length; i++) {
                    String[] ends = parts[i].split("-", 2);
                    runs.add(new SeqRun(Long.parseLong(ends[0]), Long.parseLong(ends[1])));
                }
            }
        });
        return new KeptRuns(runs);
    }

    /** Keeps the events of a segment until a time. */
    static void put(RetentionNotes notes, String segment, List<SeqRun> runs, Instant until) {
        notes.put(
                NOTE + segment,
                runs.stream()
                        .map(run -> run.from() + "-" + run.to())
                        .collect(Collectors.joining(" ", Times.format(until) + " ", "")));
    }

    /** Whether an event is kept. */
    public boolean has(long seq) {
        return runs.stream().anyMatch(run -> run.has(seq));
    }
}
