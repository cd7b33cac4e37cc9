// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.CaptureOptions;
import io.contextgraph.capture.format.CaptureSink;
import io.contextgraph.capture.format.Emitter;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.format.FormatDetector;
import io.contextgraph.capture.format.Malformed;
import io.contextgraph.capture.format.NdjsonReader;
import io.contextgraph.capture.format.OpenAiChatReader;
import io.contextgraph.capture.format.OtlpReader;
import io.contextgraph.capture.format.Refusal;
import io.contextgraph.capture.format.SweAgentReader;
import io.contextgraph.capture.format.TraceContent;
import io.contextgraph.capture.format.TraceReader;
import io.contextgraph.capture.format.Unit;
import io.contextgraph.event.Json;
import io.contextgraph.intake.Intake;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads trace files: recognizes the format, passes on events and refusals in the order of the file.
 *
 * <p><b>Guarantees.</b> Every event passed on is valid. What cannot be read is refused with its place, and what follows
 * it is read. Of a file of lines at most one line is held in memory (OTLP: about 32 MiB of lines); a document is held
 * whole, up to the limit. A cut or malformed document is refused whole; of cut lines, those before the cut are read.
 *
 * <p><b>Threads.</b> Safe for threads; a sink is called by the thread that reads.
 */
public final class Capture {
    private final CaptureOptions options;
    private final Intake intake;

    /** Measures times that lie in the future against {@code clock}; nothing else depends on it. */
    public Capture(CaptureOptions options, Clock clock) {
        this.options = options;
        this.intake = new Intake(options.limits(), clock);
    }

    /** Reads {@code file} to its end and says what it held. Refuses to the sink, never throws for what is in a file. */
    public Format read(TraceFile file, CaptureSink sink) {
        FormatDetector.Finding finding;
        try {
            finding = new FormatDetector(options).look(file.path());
        } catch (IOException failed) {
            sink.refused(Refusal.ofFile(file.name(), Malformed.reason(failed)));
            return Format.UNREADABLE;
        }
        if (finding.reason().isPresent()) {
            sink.refused(Refusal.ofFile(file.name(), finding.reason().get()));
            return finding.format();
        }
        Emitter out = new Emitter(file.name(), options, intake, sink);
        TraceReader reader = reader(finding.format(), out);
        if (finding.lines()) {
            lines(file, reader, out);
        } else {
            document(file, reader, sink);
        }
        return finding.format();
    }

    private TraceReader reader(Format format, Emitter out) {
        return switch (format) {
            case EVENTS -> new NdjsonReader(out);
            case OPENAI_CHAT, TAU_BENCH, TAU2 -> new OpenAiChatReader(options, out);
            case SWE_AGENT -> new SweAgentReader(options, out);
            case OTLP -> new OtlpReader(options, out);
            default -> throw new IllegalStateException("no reader for " + format);
        };
    }

    private void document(TraceFile file, TraceReader reader, CaptureSink sink) {
        JsonNode json;
        try (InputStream in = TraceContent.limited(TraceContent.open(file.path()), options.maxDocumentBytes())) {
            json = Json.MAPPER.readTree(in);
        } catch (IOException failed) {
            sink.refused(Refusal.ofFile(file.name(), Malformed.reason(failed)));
            return;
        } catch (JacksonException malformed) {
            sink.refused(Refusal.ofFile(file.name(), Malformed.reason(malformed)));
            return;
        }
        reader.read(new Unit(file.stem(), "", json, 0));
        reader.finish();
    }

    private void lines(TraceFile file, TraceReader reader, Emitter out) {
        long last = 0;
        try (InputStream in = TraceContent.open(file.path())) {
            TraceLines lines = new TraceLines(in, options.maxLineBytes());
            while (lines.next()) {
                last = lines.number();
                line(file, lines, reader, out);
            }
        } catch (IOException failed) {
            out.refuse("line " + (last + 1), Malformed.reason(failed) + "; the lines before are kept");
        }
        reader.finish();
    }

    private void line(TraceFile file, TraceLines line, TraceReader reader, Emitter out) {
        String place = "line " + line.number();
        if (line.tooLong()) {
            out.refuse(place, "a line must not have more than " + options.maxLineBytes() + " bytes");
            return;
        }
        if (blank(line.bytes())) {
            return;
        }
        JsonNode json;
        try {
            json = Json.MAPPER.readTree(line.bytes());
        } catch (JacksonException malformed) {
            out.refuse(place, Malformed.ofLine(malformed));
            return;
        }
        reader.read(new Unit(file.stem() + ":" + line.number(), place, json, line.bytes().length));
    }

    private static boolean blank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
