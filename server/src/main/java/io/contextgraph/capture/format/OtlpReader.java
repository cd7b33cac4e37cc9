// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.TraceIndex;
import io.contextgraph.capture.record.TraceReader;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.dialect.LogEvents;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads OTLP/JSON: a request ({@code resourceSpans}, {@code resourceLogs}), an array of requests, one request a line,
 * and what Grafana Tempo gives back ({@code batches}, {@code trace}).
 *
 * <p><b>Shape.</b> Every span becomes an event: work of an agent, a model or a tool as such, everything else as
 * {@code system.span} of little importance, unless a pattern of {@code capture.skip} fits its name. Its parent is its
 * own. Its session is its own conversation or session id, else that of the first of its trace that has one, else what
 * the ledger has of the trace, else the trace id. Its agent is its own, else the nearest ancestor's, else the service.
 * A log record becomes an event if {@link LogEvents} says so, and the child of its span; session and agent as above.
 * Without a trace id its trace is that of its session, else one of its own.
 *
 * <p><b>Guarantees.</b> The order of records and their division into requests and files make no difference to the events,
 * which come by start, parents first, as far as one document reaches, or about 8 MiB of lines.
 */
public final class OtlpReader implements TraceReader {
    /** How much text is looked at together when it comes in lines. */
    private static final long GROUP_CHARS = 8L << 20;

    private final CaptureOptions options;
    private final Survey survey;
    private final TraceIndex traces;
    private final OtlpDrafts drafts;
    private final Emitter out;
    private final List<OtlpRecord> group = new ArrayList<>();
    private long groupChars;

    public OtlpReader(CaptureOptions options, Survey survey, Emitter out) {
        this.options = options;
        this.survey = survey;
        this.traces = survey.traces();
        this.drafts = new OtlpDrafts(options, traces);
        this.out = out;
    }

    @Override
    public void survey(Unit unit) {
        new OtlpWalk(unit, out, options.whom(), this::look).walk();
    }

    private void look(OtlpRecord record) {
        record.session().ifPresent(survey::session);
        survey.about(record.about());
        switch (record) {
            case OtlpSpan span -> traces.add(span, span.speaks());
            case OtlpLog log -> log.statedTrace().ifPresent(ignored -> traces.addEvent(log));
        }
    }

    @Override
    public void read(Unit unit) {
        new OtlpWalk(unit, out, options.whom(), group::add).walk();
        groupChars += unit.chars();
        if (groupChars >= GROUP_CHARS) {
            finish();
        }
    }

    @Override
    public void finish() {
        emit();
        group.clear();
        groupChars = 0;
    }

    private void emit() {
        // INVARIANT: independent of the order of the input: FOLLOWS depends on the order of ties.
        group.stream()
                .map(record -> new Placed(record, traces.depth(record)))
                .sorted(Comparator.<Placed, BigInteger>comparing(
                                placed -> placed.record().startNanos())
                        .thenComparingInt(Placed::depth)
                        .thenComparing(placed -> placed.record().key()))
                .forEach(placed -> emit(placed.record()));
    }

    private record Placed(OtlpRecord record, int depth) {}

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
            out.skip("spans like " + pattern.get());
        } else {
            out.foreign(drafts.of(span));
        }
    }
}
