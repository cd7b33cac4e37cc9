// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import io.contextgraph.capture.known.LedgerImported.Patience;
import io.contextgraph.capture.known.TakenIds;
import io.contextgraph.capture.otlp.OtlpReader;
import io.contextgraph.capture.otlp.OtlpRequest;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.CaptureSink;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.capture.text.Replaced;
import io.contextgraph.capture.text.Replacement;
import io.contextgraph.intake.Intake;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ops.Metrics;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Takes what exporters of OpenTelemetry send.
 *
 * <p><b>Guarantees.</b> A request that is answered is in the ledger, at the durability of the deployment, but for what the
 * answer counts as refused. The same request again adds nothing. Events are those that an import of the same records
 * gives.
 *
 * <p><b>Bounds.</b> What a request becomes in memory is many times as large as its body: bodies beyond a part of the heap wait for
 * each other, see {@link Room}.
 *
 * <p><b>Errors.</b> {@link LedgerException} where the request may be sent again: what of it was taken is known the
 * next time.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class OtlpIntake {
    private static final Logger LOG = LoggerFactory.getLogger(OtlpIntake.class);

    private static final String OWN =
            "spans of the requests of this server, or of another one on its ledger, are not kept by itself: let tracing.endpoint, or"
                    + " the collector that it names, send them to another place";

    private static final String OVERSIZED = "too large to be read: more than " + OtlpRequest.MOST_RECORD
            + " bytes, itself or what stands around it, such as its resource, or more than "
            + OtlpRequest.MOST_AROUND + " bytes with all that stands around each of those beside it";

    private final Ledger ledger;
    private final Durability atLeast;
    private final CaptureOptions options;
    private final Intake intake;
    private final TakenIds taken;
    private final KnownTraces traces;
    private final SkipNotes notes;
    private final Seldom metricsArrive;
    private final Room room;
    private final BroughtTraces brought;
    private final OtlpMetrics metrics;

    /**
     * Takes nothing yet.
     *
     * @param options what is left out, and whom events are about
     * @param brought leaves out what we have traced ourselves
     */
    public OtlpIntake(
            Ledger ledger,
            Durability atLeast,
            CaptureOptions options,
            Clock clock,
            Metrics metrics,
            BroughtTraces brought) {
        this.brought = brought;
        this.ledger = ledger;
        this.atLeast = atLeast;
        this.options = options;
        this.intake = new Intake(options.limits(), clock);
        this.taken = new TakenIds(ledger.log(), Patience.NONE);
        this.traces = new KnownTraces(ledger, clock);
        this.notes = new SkipNotes(clock);
        this.metricsArrive = new Seldom(clock);
        this.room = new Room(Room.ofHeap());
        this.metrics = new OtlpMetrics(metrics);
    }

    /** The largest body that may be read, of {@code limit} bytes and what the heap has room for. */
    public int mostBytes(int limit) {
        return (int) Math.min(limit, room.bytes());
    }

    /** Whether traces with such a mark are those of this server, or of another one on its ledger, and never taken. */
    public boolean isOwn(String mark) {
        return brought.isOwn(mark);
    }

    /**
     * Takes one request.
     *
     * @param bytes of its body, unpacked
     * @param body reads it, once there is room for it
     * @param caller whose it is
     * @throws LedgerException when the ledger cannot take it now, or too much is in work
     */
    public ExportOutcome take(Signal signal, int bytes, Supplier<OtlpRequest> body, String caller) {
        Room.Share share = room.take(bytes);
        try {
            return take(signal, body.get(), caller);
        } finally {
            share.close();
        }
    }

    private ExportOutcome take(Signal signal, OtlpRequest request, String caller) {
        Survey survey = new Survey(options);
        Sending sending = new Sending(ledger.log().stream(atLeast), taken, traces::learn);
        Replaced replaced = read(request.parts(), survey, sending);
        if (request.oversized() > 0) {
            sending.refused(Refusal.ofFile("", OVERSIZED), request.oversized());
        }
        sending.end();
        metrics.count(signal, sending);
        if (signal == Signal.METRICS && sending.reasons().total() > 0 && metricsArrive.now()) {
            LOG.info("{} sends metrics, which are not kept: OTEL_METRICS_EXPORTER=none spares sending them", caller);
        }
        String told = Stream.of(sending.reasons().told(signal), notes.of(caller, sending.left()), told(replaced))
                .filter(some -> !some.isEmpty())
                .map(some -> survey.persons().leftOutOf(some))
                .collect(Collectors.joining("; "));
        return told.isEmpty()
                ? ExportOutcome.WHOLE
                : new ExportOutcome(sending.reasons().total(), told);
    }

    /** What its records say of each other is known before the first event is made. */
    private Replaced read(List<Supplier<JsonNode>> parts, Survey survey, Sending sending) {
        OtlpReader reader = reader(survey, sending);
        if (parts.size() == 1) {
            return read(others(parts.getFirst(), sending), unit -> reader.request(unit, traces.forRequest()));
        }
        OtlpReader looking = reader(survey, CaptureSink.FIRST_WALK);
        for (Supplier<JsonNode> part : parts) {
            Replaced ignored = read(brought.sort(part.get()).rest(), looking::surveyPart);
        }
        survey.settle(traces.forRequest());
        Replaced replaced = Replaced.NONE;
        for (Supplier<JsonNode> part : parts) {
            replaced = replaced.plus(read(others(part, sending), reader::readPart));
        }
        reader.finish();
        return replaced;
    }

    private JsonNode others(Supplier<JsonNode> part, Sending sending) {
        BroughtTraces.Sorted sorted = brought.sort(part.get());
        if (sorted.own() > 0) {
            sending.refused(Refusal.ofFile("", OWN), sorted.own());
        }
        return sorted.rest();
    }

    private OtlpReader reader(Survey survey, CaptureSink sink) {
        return new OtlpReader(options, survey, new Emitter("the request", options, intake, survey.persons(), sink));
    }

    private static Replaced read(JsonNode json, Consumer<Unit> reader) {
        if (json.isEmpty()) {
            // An exporter may ask so whether anybody is there.
            return Replaced.NONE;
        }
        Replacement.Value value = Replacement.in(json, true);
        reader.accept(new Unit("", value.json(), 0, value.replaced()));
        return value.replaced();
    }

    private static String told(Replaced replaced) {
        return replaced.halves() + replaced.notFinite() == 0
                ? ""
                : "not as it was written, since neither JSON nor Unicode has it: " + replaced.halves()
                        + " halves of characters, now U+FFFD, and " + replaced.notFinite()
                        + " numbers that are not finite, now texts";
    }
}
