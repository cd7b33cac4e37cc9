// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.http.engine.BodyLines;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Problem;
import io.contextgraph.http.engine.ProblemException;
import io.contextgraph.http.engine.Problems;
import io.contextgraph.http.engine.ReadAhead;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Appends lines as they arrive and answers each with a line, in order: what has arrived while others were being
 * appended goes to the ledger together.
 *
 * <p><b>Guarantees.</b> A line that was answered with a position is in the ledger; one that the ledger refuses alone is
 * answered with the reason, and the stream goes on. When the ledger fails, the lines that it failed on are answered with
 * the reason and the stream ends: what has no answer was not looked at.
 */
final class NdjsonAppend {
    private static final int MOST_IN_MEMORY = 100;

    private final EventLog log;
    private final Appends appends;
    private final EventLimits limits;
    private final Durability atLeast;
    private final int maxBatch;

    NdjsonAppend(EventLog log, Appends appends, HttpSettings settings, Durability atLeast) {
        this.log = log;
        this.appends = appends;
        this.limits = settings.events();
        this.atLeast = atLeast;
        // Who waits for a disk can as well wait for many; others should not wait behind so many.
        int most = atLeast == Durability.MEMORY ? MOST_IN_MEMORY : EventLog.MAX_BATCH;
        this.maxBatch = Math.min(settings.limits().maxBatch(), most);
    }

    void run(Call call, OutputStream out) throws IOException {
        // Twice the size of an event: its white space does not count.
        try (ReadAhead<Judged> lines = call.readAhead(2 * limits.maxEventBytes(), this::judge, maxBatch)) {
            append(lines, out);
        }
    }

    private void append(ReadAhead<Judged> lines, OutputStream out) throws IOException {
        boolean goOn = true;
        try {
            while (goOn) {
                List<Judged> arrived = lines.next(maxBatch);
                goOn = !arrived.isEmpty() && answer(arrived, out);
                out.flush();
            }
        } catch (ProblemException malformed) {
            Problem problem = malformed.problem();
            Fault fault = new Fault("", problem.code(), problem.detail());
            write(
                    Judged.refused(lines.number(), null, problem.code(), List.of(fault))
                            .refused(),
                    out);
        }
    }

    /** Whether it is worth going on. */
    private boolean answer(List<Judged> judged, OutputStream out) throws IOException {
        List<Append> wishes = new ArrayList<>();
        for (Judged line : judged) {
            if (line.event() != null) {
                wishes.add(Append.of(line.event()));
            }
        }
        AppendResult result;
        try {
            result = wishes.isEmpty() ? new AppendResult(List.of(), atLeast) : log.append(wishes, atLeast);
        } catch (LedgerException failed) {
            Problem problem = Problems.ledger(failed);
            for (Judged line : judged) {
                write(line.refused() != null ? line.refused() : line.failed(problem), out);
            }
            return false;
        }
        int next = 0;
        for (Judged line : judged) {
            write(
                    line.refused() != null
                            ? line.refused()
                            : line.answer(result.outcomes().get(next++), result.reached()),
                    out);
        }
        return true;
    }

    private static void write(@Nullable ObjectNode answer, OutputStream out) throws IOException {
        out.write(Json.MAPPER.writeValueAsBytes(answer));
        out.write('\n');
    }

    /** Either an event to append or the answer that says why there is none. */
    private record Judged(
            long number, @Nullable Event event, @Nullable ObjectNode refused) {
        static Judged refused(long number, @Nullable String eventId, String code, List<Fault> faults) {
            ObjectNode json = line(number).put("event_id", eventId).put("code", code);
            json.set("errors", Problem.errors(faults));
            return new Judged(number, null, json);
        }

        ObjectNode failed(Problem problem) {
            ObjectNode json = line(number).put("event_id", id()).put("code", problem.code());
            List<Fault> faults = problem.errors().isEmpty()
                    ? List.of(new Fault("", problem.code(), problem.detail()))
                    : problem.errors();
            json.set("errors", Problem.errors(faults));
            return json;
        }

        ObjectNode answer(AppendOutcome outcome, Durability reached) {
            return switch (outcome) {
                case AppendOutcome.Appended taken -> taken(taken.receipt(), false, reached);
                case AppendOutcome.Duplicate taken -> taken(taken.receipt(), true, reached);
                case AppendOutcome.Conflict conflict -> refused(Appends.fault(conflict));
                case AppendOutcome.Refused refused -> refused(Appends.fault(refused));
                case AppendOutcome.UnexpectedSessionSeq unasked ->
                    throw new IllegalStateException("a line expects nothing of " + unasked.eventId());
            };
        }

        private ObjectNode refused(Fault fault) {
            ObjectNode json = line(number).put("event_id", id()).put("code", fault.code());
            json.set("errors", Problem.errors(List.of(fault)));
            return json;
        }

        private ObjectNode taken(AppendOutcome.Receipt receipt, boolean duplicate, Durability reached) {
            ObjectNode json = line(number).put("event_id", id());
            Appends.receipt(json, receipt);
            return json.put("duplicate", duplicate).put("durability", reached.wireName());
        }

        private @Nullable String id() {
            return event == null ? null : event.id().toString();
        }

        private static ObjectNode line(long number) {
            return Json.MAPPER.createObjectNode().put("line", number);
        }
    }

    private Judged judge(BodyLines.Line line) {
        byte[] text = line.text();
        if (text == null) {
            Fault fault = new Fault("", Appends.TOO_LARGE, "the line is longer than an event may be");
            return Judged.refused(line.number(), null, Appends.TOO_LARGE, List.of(fault));
        }
        JsonNode json;
        try {
            json = Call.parseLine(line.number(), text);
        } catch (ProblemException malformed) {
            Problem problem = malformed.problem();
            Fault fault = new Fault("", problem.code(), problem.detail());
            return Judged.refused(line.number(), null, problem.code(), List.of(fault));
        }
        try {
            return new Judged(line.number(), appends.read(json, text.length), null);
        } catch (InvalidInputException invalid) {
            String id = Appends.claimedId(json).orElse(null);
            return Judged.refused(line.number(), id, Appends.code(invalid.faults()), invalid.faults());
        }
    }
}
