// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Imported;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.record.SpanGroup;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.TraceIndex;
import io.contextgraph.capture.record.TraceReader;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.dialect.LogEvents;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads spans and log records, in each {@link SpanForm}. OTLP/JSON is a request ({@code resourceSpans},
 * {@code resourceLogs}), an array of requests, one request a line, and what Grafana Tempo gives back ({@code batches},
 * {@code trace}).
 *
 * <p><b>Shape.</b> Every span becomes an event: work of an agent, a model or a tool as such, everything else as
 * {@code system.span} of little importance, unless a pattern of {@code capture.skip} fits its name. Its parent is its
 * own. Its session is its own conversation or session id, else that of the nearest span above it that has one, else of
 * the first of its trace, else what the ledger has of the trace, else the trace id. Its agent is its own, else the nearest ancestor's, else the service.
 * A log record becomes an event, and the child of its span: of the type that {@link LogEvents} says, else as
 * {@code system.log} of little importance; session and agent as above. Where it names no trace, but a prompt, its trace
 * is what that has led to, and its parent the prompt; else that of its session, else one of its own. Records of no trace
 * that {@link LogEvents} does not know are refused.
 *
 * <p><b>Guarantees.</b> The order of records and their division into requests and files make no difference to the events,
 * which come by start, parents first, as far as one document reaches, or about 8 MiB of lines.
 */
public final class OtlpReader implements TraceReader {
    /** Begins what is told of spans that were left out for their name. */
    public static final String LIKE = "spans like ";

    private static final String UNTRACED =
            "a log record without a trace context, which is no event of a program that is known:"
                    + " it belongs to nothing";

    private final SpanForm form;
    private final CaptureOptions options;
    private final Survey survey;
    private final TraceIndex traces;
    private final OtlpDrafts drafts;
    private final Emitter out;
    private final SpanGroup<OtlpRecord> group;

    /** Log records of a request that comes in parts, by digest: how many there were. */
    private final Map<String, Integer> equals = new HashMap<>();

    private long untraced;
    private String firstUntraced = "";

    /** Whether it has spans, log records, or another signal. */
    public static boolean fits(Shape shape) {
        return shape.any("resourceSpans", "resource_spans", "trace/resourceSpans", "trace/batches")
                || shape.any("trace/resource_spans", "batches/scope_spans")
                || shape.any("batches/resource", "batches/scopeSpans")
                || shape.any("scopeSpans", "scope_spans", "instrumentationLibrarySpans")
                || shape.all("traceId", "spanId", "startTimeUnixNano")
                || shape.all("trace_id", "span_id", "start_time_unix_nano")
                || shape.any("resourceLogs", "resourceMetrics", "resourceProfiles")
                || shape.any("scopeLogs", "scopeMetrics", "scopeProfiles")
                || shape.any("resource_logs", "resource_metrics", "resource_profiles", "scope_logs");
    }

    /** Reads OTLP/JSON. */
    public OtlpReader(CaptureOptions options, Survey survey, Emitter out) {
        this(new OtlpJson(), options, survey, out);
    }

    private OtlpReader(SpanForm form, CaptureOptions options, Survey survey, Emitter out) {
        this.form = form;
        this.options = options;
        this.survey = survey;
        this.traces = survey.traces();
        this.drafts = new OtlpDrafts(options, traces, form.lossy());
        this.out = out;
        this.group = new SpanGroup<>(traces, OtlpRecord::key, this::emit);
    }

    /** Reads rows of AWS CloudWatch. */
    public static OtlpReader ofCloudWatch(CaptureOptions options, Survey survey, Emitter out) {
        return new OtlpReader(new CloudWatchForm(), options, survey, out);
    }

    /** Reads what Jaeger gives back. */
    public static OtlpReader ofJaeger(CaptureOptions options, Survey survey, Emitter out) {
        return new OtlpReader(new JaegerForm(), options, survey, out);
    }

    /** Reads what SDKs print. */
    public static OtlpReader ofSdkDump(CaptureOptions options, Survey survey, Emitter out) {
        return new OtlpReader(new SdkDumpForm(), options, survey, out);
    }

    @Override
    public void survey(Unit unit) {
        walk(unit, this::look, ignored -> {});
    }

    private void walk(Unit unit, Consumer<OtlpRecord> into, Consumer<String> untraced) {
        form.walk(unit.json(), new OtlpRecords(unit, out, options.whom(), into, untraced, new HashMap<>(), false));
    }

    private void look(OtlpRecord record) {
        record.session().ifPresent(survey::session);
        survey.about(record.about());
        switch (record) {
            case OtlpSpan span -> traces.add(span, span.speaks());
            case OtlpLog log -> look(log);
        }
    }

    private void look(OtlpLog log) {
        log.statedTrace().ifPresent(ignored -> traces.addEvent(log));
        if (log.isPrompt()) {
            log.turn().ifPresent(turn -> traces.addPrompt(turn, log.id(), log.startNanos()));
        }
    }

    private void untraced(String place) {
        if (untraced == 0) {
            firstUntraced = place;
        }
        untraced++;
    }

    @Override
    public void read(Unit unit) {
        walk(unit, group::add, this::untraced);
        group.read(unit);
    }

    /**
     * Reads a request that stands for itself, in one walk: what its records say of each other is known before the first
     * event is made.
     *
     * @param ledger what is known of traces from before
     */
    public void request(Unit unit, Imported ledger) {
        Consumer<OtlpRecord> both = record -> {
            look(record);
            group.add(record);
        };
        walk(unit, both, this::untraced);
        survey.settle(ledger);
        finish();
    }

    /** Looks at a part of a request that is too large to be read in one go: nothing is emitted. */
    public void surveyPart(Unit unit) {
        part(unit, this::look, ignored -> {});
    }

    /** Reads the same part in a second walk, and emits its events; {@link #finish} ends the request. */
    public void readPart(Unit unit) {
        part(unit, group::add, this::untraced);
        group.end();
    }

    private void part(Unit unit, Consumer<OtlpRecord> into, Consumer<String> untraced) {
        form.walk(unit.json(), new OtlpRecords(unit, out, options.whom(), into, untraced, equals, true));
    }

    @Override
    public void finish() {
        group.end();
        equals.clear();
        out.refuse(firstUntraced, UNTRACED, untraced);
        untraced = 0;
    }

    private void emit(OtlpRecord record) {
        switch (record) {
            case OtlpSpan span -> emit(span);
            case OtlpLog log -> out.foreign(drafts.of(log));
        }
    }

    private void emit(OtlpSpan span) {
        Optional<String> pattern = span.ofItsOwnKind()
                ? Optional.empty()
                : options.skip().matching(span.payload().path("name").asString(""));
        if (pattern.isPresent()) {
            out.skip(LIKE + pattern.get());
        } else {
            out.foreign(drafts.of(span));
        }
    }
}
