// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.CaptureSink;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.TraceReader;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.intake.Intake;
import io.contextgraph.ledger.LedgerException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Reads trace files, in two walks: the first one finds out what belongs together, the second one passes on events and
 * refusals in the order of the file. The format of each value is recognized for itself.
 *
 * <p><b>Guarantees.</b> Every event passed on is valid. What cannot be read is refused with its place, and what follows
 * it is read. Of a file of lines at most one line is held in memory (OTLP: about 8 MiB of lines; of chat messages, all
 * up to the limit of a document); a document is held whole, up to the limit. A cut or malformed document is refused
 * whole; of cut lines, those before the cut are read.
 *
 * <p><b>Threads.</b> Safe for threads; a sink is called by the thread that reads.
 */
public final class Capture {
    private final CaptureOptions options;
    private final Intake intake;
    private final TraceUnits units;

    /** Measures times that lie in the future against {@code clock}; nothing else depends on it. */
    public Capture(CaptureOptions options, Clock clock) {
        this.options = options;
        this.intake = new Intake(options.limits(), clock);
        this.units = new TraceUnits(options);
    }

    /** A survey for files that are imported together. */
    public Survey survey() {
        return new Survey(options);
    }

    /** The first walk: looks at everything in {@code file}, emits nothing, refuses nothing. */
    public void look(TraceFile file, Survey survey) {
        Readers readers = new Readers(file, survey, CaptureSink.FIRST_WALK, TraceReader::survey);
        units.read(file, readers);
        readers.finish();
    }

    /**
     * The second walk: reads {@code file} to its end and says what it held. Refuses to the sink, never throws for what is
     * in a file.
     *
     * @param survey settled, of everything that is imported together
     */
    public Format read(TraceFile file, Survey survey, CaptureSink sink) {
        Readers readers = new Readers(file, survey, sink, (reader, unit) -> {
            sink.replaced(unit.replaced());
            reader.read(unit);
        });
        Format format = units.read(file, readers);
        readers.finish();
        return format;
    }

    /** The readers of one file on one walk: one for each format that is met in it. */
    private final class Readers implements UnitSink {
        private final TraceFile file;
        private final Survey survey;
        private final CaptureSink sink;
        private final BiConsumer<TraceReader, Unit> walk;
        private final Emitter out;
        private final Map<Format, TraceReader> readers = new LinkedHashMap<>();
        private final Map<Format, MessageLines> joined = new LinkedHashMap<>();

        Readers(TraceFile file, Survey survey, CaptureSink sink, BiConsumer<TraceReader, Unit> walk) {
            this.survey = survey;
            this.sink = sink;
            this.walk = walk;
            this.out = new Emitter(file.name(), options, intake, survey.persons(), sink);
            this.file = file;
        }

        @Override
        public void unit(Format format, Unit unit) {
            if (format.joined()) {
                joined.computeIfAbsent(format, met -> new MessageLines(file, options.maxDocumentBytes()))
                        .add(unit);
            } else {
                read(format, unit);
            }
        }

        /** A value that a reader was not made for costs itself, however odd it is. */
        private void read(Format format, Unit unit) {
            try {
                walk.accept(reader(format), unit);
            } catch (LedgerException ledgers) {
                throw ledgers;
            } catch (RuntimeException unforeseen) {
                out.refuse(
                        unit.place(),
                        "this " + format.label() + " is of a form that cannot be read, from some place on"
                                + out.quoted(": ", unforeseen.toString()));
            }
        }

        @Override
        public void refused(Refusal refusal) {
            sink.refused(refusal);
        }

        void finish() {
            joined.forEach((format, messages) -> {
                messages.tooMuch().ifPresent(sink::refused);
                messages.whole().ifPresent(whole -> read(format, whole));
            });
            readers.values().forEach(TraceReader::finish);
        }

        private TraceReader reader(Format format) {
            return readers.computeIfAbsent(format, met -> met.reader(options, survey, out));
        }
    }
}
