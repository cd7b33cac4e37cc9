// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventDecoder;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The way of events into the ledger, whatever brings them: their size, their form, the rule about persons, the append.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Intake {
    /** The code of an event that is larger than it may be. */
    public static final String TOO_LARGE = "event_too_large";

    /** The code that sums up any other faults. */
    public static final String INVALID = "invalid_event";

    private static final int LONGEST_ID = 64;

    private final EventLimits limits;
    private final EventDecoder decoder;
    private final EventDecoder anyLedgers;

    /** Measures times that lie in the future against {@code clock}; nothing else depends on it. */
    public Intake(EventLimits limits, Clock clock) {
        this.limits = limits;
        this.decoder = new EventDecoder(limits, clock);
        this.anyLedgers = new EventDecoder(EventLimits.WIDEST, clock);
    }

    /** The bytes of {@code json} without white space, where these are more than an event may have. */
    public OptionalInt excess(JsonNode json) {
        int size = Json.MAPPER.writeValueAsString(json).getBytes(StandardCharsets.UTF_8).length;
        return size > limits.maxEventBytes() ? OptionalInt.of(size) : OptionalInt.empty();
    }

    /** Reads what a producer sends. */
    public Decoded decode(JsonNode json) {
        Decoded decoded = decode(json, decoder);
        boolean reserved = decoded.event()
                .filter(event -> event.sessionId().equals(SessionId.AUDIT))
                .isPresent();
        if (!reserved) {
            return decoded;
        }
        List<Fault> faults = new ArrayList<>(decoded.faults());
        faults.add(new Fault(
                "/" + EventFields.SESSION_ID,
                "reserved",
                "is the session in which the product records what is administrative: nobody else writes to it"));
        return new Decoded(decoded.event(), faults);
    }

    /**
     * What the envelope of an event says of the person whom the event is about; nothing of what else may be wrong.
     *
     * @param envelope without a payload
     */
    public List<Fault> namesSubject(JsonNode envelope) {
        return decode(envelope).faults().stream()
                .filter(fault -> fault.code().equals(SubjectRules.CODE))
                .toList();
    }

    /** Reads what a ledger has taken already, whose limits were perhaps wider. */
    public Decoded decodeRecorded(JsonNode json) {
        return decode(json, anyLedgers);
    }

    private static Decoded decode(JsonNode json, EventDecoder by) {
        try {
            Event event = by.decode(json);
            return new Decoded(Optional.of(event), SubjectRules.faults(event));
        } catch (InvalidInputException invalid) {
            return new Decoded(Optional.empty(), invalid.faults());
        }
    }

    /**
     * Reads one event by every rule there is.
     *
     * @param json the event
     * @param atMostBytes no event in this text can be larger; saves measuring small ones
     */
    public Reading read(JsonNode json, long atMostBytes) {
        // Written again without white space, a text at most doubles: 1e9 becomes 1E+9.
        OptionalInt excess = atMostBytes > limits.maxEventBytes() / 2 ? excess(json) : OptionalInt.empty();
        if (excess.isPresent()) {
            Fault fault = new Fault(
                    "",
                    TOO_LARGE,
                    "an event must have at most " + limits.maxEventBytes() + " bytes of JSON without white space, has "
                            + excess.getAsInt());
            return invalid(json, List.of(fault));
        }
        Decoded decoded = decode(json);
        return decoded.event().isPresent() && decoded.faults().isEmpty()
                ? new Reading.Valid(decoded.event().get(), Optional.empty())
                : invalid(json, decoded.faults());
    }

    /**
     * Reads one event that may bring what the ledger that first recorded it had assigned, under {@code original}. Such an
     * event is not measured again: it is a little longer than it was there.
     */
    public Reading readImported(JsonNode json, long atMostBytes) {
        if (!(json instanceof ObjectNode event) || !event.hasNonNull(EventFields.ORIGINAL)) {
            return read(json, atMostBytes);
        }
        Optional<Original> original;
        try {
            original = EventJson.original(event);
        } catch (InvalidInputException none) {
            return invalid(json, none.faults());
        }
        ObjectNode bare = event.deepCopy();
        JsonNode ignored = bare.remove(EventFields.ORIGINAL);
        return switch (read(bare, 0)) {
            case Reading.Valid valid -> new Reading.Valid(valid.event(), original);
            case Reading.Invalid invalid -> invalid;
        };
    }

    private static Reading.Invalid invalid(JsonNode json, List<Fault> faults) {
        String first = faults.getFirst().code();
        return new Reading.Invalid(
                claimedId(json), faults.size() == 1 && first.equals(TOO_LARGE) ? first : INVALID, faults);
    }

    private static Optional<String> claimedId(JsonNode json) {
        JsonNode id = json.get(EventFields.EVENT_ID);
        return id != null && id.isString() && id.stringValue().length() <= LONGEST_ID
                ? Optional.of(id.stringValue())
                : Optional.empty();
    }

    /**
     * What became of many events, each judged alone.
     *
     * @param judged in the order of what was offered
     * @param reached empty where nothing was offered to the ledger
     */
    public record Answered(List<Judged> judged, Optional<Durability> reached) {}

    /** Answers that wait until what was written is as safe as asked. */
    public interface Pending {
        /** @throws LedgerException when the ledger took none of the events, or not as safely as asked */
        Answered await();
    }

    /**
     * Appends what is valid of {@code readings}, together.
     *
     * @throws LedgerException when the ledger took none of them, or not as safely as asked
     */
    public static Answered append(EventLog log, List<Reading> readings, Durability atLeast) {
        List<Append> wishes = wishes(readings);
        return answered(readings, wishes.isEmpty() ? Optional.empty() : Optional.of(log.append(wishes, atLeast)));
    }

    /**
     * Writes what is valid of {@code readings}, together, behind what was written to the stream before.
     *
     * @throws LedgerException when the ledger took none of them
     */
    public static Pending write(AppendStream stream, List<Reading> readings) {
        List<Append> wishes = wishes(readings);
        if (wishes.isEmpty()) {
            Answered answered = answered(readings, Optional.empty());
            return () -> answered;
        }
        AppendStream.Written written = stream.write(wishes);
        return () -> answered(readings, Optional.of(written.await()));
    }

    private static List<Append> wishes(List<Reading> readings) {
        List<Append> wishes = new ArrayList<>();
        for (Reading reading : readings) {
            if (reading instanceof Reading.Valid valid) {
                wishes.add(Append.imported(valid.event(), valid.original()));
            }
        }
        return wishes;
    }

    private static Answered answered(List<Reading> readings, Optional<AppendResult> result) {
        List<Judged> judged = new ArrayList<>();
        int next = 0;
        for (Reading reading : readings) {
            judged.add(
                    switch (reading) {
                        case Reading.Invalid invalid -> invalid;
                        case Reading.Valid ignored ->
                            Verdict.of(result.orElseThrow().outcomes().get(next++));
                    });
        }
        return new Answered(judged, result.map(AppendResult::reached));
    }
}
