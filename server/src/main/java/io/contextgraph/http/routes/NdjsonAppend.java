// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Fault;
import io.contextgraph.event.Json;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.http.engine.BodyLines;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.ReadAhead;
import io.contextgraph.http.ports.EventCounts;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemException;
import io.contextgraph.http.problem.Problems;
import io.contextgraph.intake.Intake;
import io.contextgraph.intake.Judged;
import io.contextgraph.intake.Reading;
import io.contextgraph.intake.Verdict;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.node.ObjectNode;

/**
 * Appends lines as they arrive and answers each with a line, in order: what has arrived while others were being
 * written goes to the ledger together, behind them, and is written while they wait until they are safe.
 *
 * <p><b>Units and bounds.</b> Nothing more is taken while {@value #MOST_UNANSWERED} lines have no answer.
 *
 * <p><b>Guarantees.</b> A line that was answered with a position is in the ledger, as safe as the answer says; one that the
 * ledger refuses alone is answered with the reason, and the stream goes on. When the ledger fails, the lines that it failed
 * on, and those that were written behind them, are answered with the reason and the stream ends: what has no answer was
 * not looked at.
 *
 * <p><b>Threads.</b> A thread of its own writes to the ledger, and ends with the stream; the caller's answers.
 */
final class NdjsonAppend {
    private static final int MOST_IN_MEMORY = 100;

    /** As many as are written within the second that a sync of the disk may be away. */
    static final int MOST_UNANSWERED = 8_000;

    private final HttpPorts ports;
    private final EventLog log;
    private final Intake intake;
    private final EventLimits limits;
    private final EventCounts counts;
    private final Durability atLeast;
    private final int maxBatch;

    NdjsonAppend(HttpPorts ports, Intake intake, EventCounts counts, HttpSettings settings, Durability atLeast) {
        this.ports = ports;
        this.log = ports.ledger().log();
        this.counts = counts;
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
        Chunks chunks = new Chunks(lines);
        Thread ignored = Thread.ofVirtual().name("ndjson-writer").start(chunks::fill);
        boolean goOn = true;
        try {
            while (goOn) {
                goOn = answer(chunks.next(), chunks, out);
                out.flush();
            }
        } finally {
            chunks.stop();
        }
    }

    /** Whether it is worth going on. */
    private boolean answer(Chunk chunk, Chunks chunks, OutputStream out) throws IOException {
        switch (chunk) {
            case Chunk.Taken taken -> {
                Intake.Answered answered;
                try (EventCounts.Tally tally = counts.begin(taken.lines().size())) {
                    answered = taken.pending().await();
                    tally.addAll(answered.judged());
                } catch (LedgerException failed) {
                    fail(taken, chunks, Problems.ledger(failed), out);
                    return false;
                }
                Map<EventId, Summary> summaries = Appends.summaries(ports.graph(), answered.judged());
                for (int i = 0; i < taken.lines().size(); i++) {
                    long number = taken.lines().get(i).number();
                    write(Line.answer(number, answered.judged().get(i), answered.reached(), summaries), out);
                }
                chunks.answered(taken);
                return true;
            }
            case Chunk.Malformed malformed -> {
                counts.begin(1).close();
                write(Line.answer(malformed.number(), malformed.why(), Optional.empty(), Map.of()), out);
            }
            case Chunk.Broken broken -> throw new IOException("the stream broke off", broken.why());
            case Chunk.Defect defect -> throw new IllegalStateException("a line could not be appended", defect.why());
            case Chunk.End ignored -> {}
        }
        return false;
    }

    /** What was written behind the failure is not told to be safe, whatever became of it. */
    private void fail(Chunk.Taken failed, Chunks chunks, Problem problem, OutputStream out) throws IOException {
        Chunk chunk = failed;
        chunks.stop();
        while (chunk instanceof Chunk.Taken taken) {
            for (Line line : taken.lines()) {
                write(line.failed(problem), out);
            }
            chunks.answered(taken);
            chunk = chunks.next();
            if (chunk instanceof Chunk.Taken next) {
                counts.begin(next.lines().size()).close();
            }
        }
    }

    /** What goes to the ledger together, or why nothing more does. */
    private sealed interface Chunk {
        record Taken(List<Line> lines, Intake.Pending pending) implements Chunk {}

        record Malformed(long number, Reading.Invalid why) implements Chunk {}

        record Broken(IOException why) implements Chunk {}

        record Defect(Throwable why) implements Chunk {}

        record End() implements Chunk {}
    }

    /** The lines that have been written and have no answer yet, in order. */
    private final class Chunks {
        private final ReadAhead<Line> lines;
        private final AppendStream stream = log.stream(atLeast);
        private final BlockingQueue<Chunk> unanswered = new LinkedBlockingQueue<>();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Semaphore room = new Semaphore(MOST_UNANSWERED);

        Chunks(ReadAhead<Line> lines) {
            this.lines = lines;
        }

        /** Until the end of the lines, or the first failure. */
        void fill() {
            Chunk last = new Chunk.End();
            try {
                List<Line> arrived = take();
                boolean goOn = true;
                while (goOn && !arrived.isEmpty()) {
                    Intake.Pending pending = pending(arrived);
                    goOn = !(pending instanceof Failed);
                    unanswered.add(new Chunk.Taken(arrived, pending));
                    arrived = goOn ? take() : arrived;
                }
            } catch (ProblemException malformed) {
                Problem problem = malformed.problem();
                last = new Chunk.Malformed(lines.number(), unreadable(problem.code(), problem.detail()));
            } catch (IOException broken) {
                last = new Chunk.Broken(broken);
            } catch (RuntimeException | Error defect) {
                last = new Chunk.Defect(defect);
            } finally {
                unanswered.add(last);
            }
        }

        private List<Line> take() throws IOException {
            List<Line> arrived = lines.next(maxBatch);
            room.acquireUninterruptibly(arrived.size());
            return stopped.get() ? List.of() : arrived;
        }

        private Intake.Pending pending(List<Line> arrived) {
            try {
                return Intake.write(stream, arrived.stream().map(Line::reading).toList());
            } catch (LedgerException failed) {
                return new Failed(failed);
            }
        }

        Chunk next() throws IOException {
            try {
                return unanswered.take();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
                throw new IOException("the server is closing", closing);
            }
        }

        void answered(Chunk.Taken taken) {
            room.release(taken.lines().size());
        }

        /** Nothing more is taken. */
        void stop() {
            if (stopped.compareAndSet(false, true)) {
                lines.close();
                room.release(2 * MOST_UNANSWERED);
            }
        }
    }

    private record Failed(LedgerException why) implements Intake.Pending {
        @Override
        public Intake.Answered await() {
            throw why;
        }
    }

    private static void write(ObjectNode answer, OutputStream out) throws IOException {
        out.write(Json.MAPPER.writeValueAsBytes(answer));
        out.write('\n');
    }

    /** What came of reading the line of this number. */
    private record Line(long number, Reading reading) {
        static ObjectNode answer(
                long number, Judged judged, Optional<Durability> reached, Map<EventId, Summary> summaries) {
            ObjectNode json = Json.MAPPER.createObjectNode().put("line", number);
            Appends.tell(json, judged, summaries);
            if (judged instanceof Verdict.Taken) {
                json.put("durability", reached.orElseThrow().wireName());
            }
            return json;
        }

        ObjectNode failed(Problem problem) {
            return switch (reading) {
                case Reading.Invalid invalid -> answer(number, invalid, Optional.empty(), Map.of());
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
