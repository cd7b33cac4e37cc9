// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Json;
import io.contextgraph.http.engine.BodyLines;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Problem;
import io.contextgraph.http.engine.ProblemException;
import io.contextgraph.http.engine.Problems;
import io.contextgraph.http.engine.ReadAhead;
import io.contextgraph.intake.Intake;
import io.contextgraph.intake.Judged;
import io.contextgraph.intake.Reading;
import io.contextgraph.intake.Verdict;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
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
    private final Intake intake;
    private final EventLimits limits;
    private final Durability atLeast;
    private final int maxBatch;

    NdjsonAppend(EventLog log, Intake intake, HttpSettings settings, Durability atLeast) {
        this.log = log;
        this.intake = intake;
        this.limits = settings.events();
        this.atLeast = atLeast;
        // Who waits for a disk can as well wait for many; others should not wait behind so many.
        int most = atLeast == Durability.MEMORY ? MOST_IN_MEMORY : EventLog.MAX_BATCH;
        this.maxBatch = Math.min(settings.limits().maxBatch(), most);
    }

    void run(Call call, OutputStream out) throws IOException {
        // Twice the size of an event: its white space does not count.
        try (ReadAhead<Line> lines = call.readAhead(2 * limits.maxEventBytes(), this::read, maxBatch)) {
            append(lines, out);
        }
    }

    private void append(ReadAhead<Line> lines, OutputStream out) throws IOException {
        boolean goOn = true;
        try {
            while (goOn) {
                List<Line> arrived = lines.next(maxBatch);
                goOn = !arrived.isEmpty() && answer(arrived, out);
                out.flush();
            }
        } catch (ProblemException malformed) {
            Problem problem = malformed.problem();
            Reading.Invalid unreadable = unreadable(problem.code(), problem.detail());
            write(Line.answer(lines.number(), unreadable, Optional.empty()), out);
        }
    }

    /** Whether it is worth going on. */
    private boolean answer(List<Line> lines, OutputStream out) throws IOException {
        Intake.Answered answered;
        try {
            answered = Intake.append(log, lines.stream().map(Line::reading).toList(), atLeast);
        } catch (LedgerException failed) {
            Problem problem = Problems.ledger(failed);
            for (Line line : lines) {
                write(line.failed(problem), out);
            }
            return false;
        }
        for (int i = 0; i < lines.size(); i++) {
            write(Line.answer(lines.get(i).number(), answered.judged().get(i), answered.reached()), out);
        }
        return true;
    }

    private static void write(ObjectNode answer, OutputStream out) throws IOException {
        out.write(Json.MAPPER.writeValueAsBytes(answer));
        out.write('\n');
    }

    /** What came of reading the line of this number. */
    private record Line(long number, Reading reading) {
        static ObjectNode answer(long number, Judged judged, Optional<Durability> reached) {
            ObjectNode json = Json.MAPPER.createObjectNode().put("line", number);
            Appends.tell(json, judged);
            if (judged instanceof Verdict.Taken) {
                json.put("durability", reached.orElseThrow().wireName());
            }
            return json;
        }

        ObjectNode failed(Problem problem) {
            return switch (reading) {
                case Reading.Invalid invalid -> answer(number, invalid, Optional.empty());
                case Reading.Valid valid -> {
                    ObjectNode json = Json.MAPPER.createObjectNode().put("line", number);
                    List<Fault> faults = problem.errors().isEmpty()
                            ? List.of(new Fault("", problem.code(), problem.detail()))
                            : problem.errors();
                    Appends.refused(json, valid.event().id().toString(), problem.code(), faults);
                    yield json;
                }
            };
        }
    }

    private Line read(BodyLines.Line line) {
        byte[] text = line.text();
        if (text == null) {
            return new Line(line.number(), unreadable(Intake.TOO_LARGE, "the line is longer than an event may be"));
        }
        try {
            return new Line(line.number(), intake.read(Call.parseLine(line.number(), text), text.length));
        } catch (ProblemException malformed) {
            return new Line(
                    line.number(),
                    unreadable(malformed.problem().code(), malformed.problem().detail()));
        }
    }

    private static Reading.Invalid unreadable(String code, String why) {
        return new Reading.Invalid(Optional.empty(), code, List.of(new Fault("", code, why)));
    }
}
