// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Receipt;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.IndexedField;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.ledger.redis.client.RedisErrors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisDataException;

/** One event on its way: made ready by its caller's thread, answered by the thread that writes. */
final class AppendItem {
    private static final List<String> HELD = List.of("held");
    private static final String LOST_SESSION = "CORRUPT " + Appender.LOST_SESSION;
    private static final byte[] LOST_SESSION_BYTES = Keys.bytes(LOST_SESSION);

    private final Noticed noticed;
    private final Append append;
    private final ContentHash hash;
    private final byte[][] names;
    private final byte[][] personalNames;
    private final List<byte[]> arguments;
    private List<String> reply = List.of();
    private @Nullable JedisDataException error;

    AppendItem(Keys keys, Engine engine, Noticed noticed, Append append) {
        this.noticed = noticed;
        this.append = append;
        Optional<SealedForm> form = SealedForm.of(append.event());
        this.hash = EventCodec.hash(append.event(), form);
        this.names = EventCodec.keys(names(keys, engine, append.event(), form));
        this.personalNames = EventCodec.keys(
                form.map(one -> personalNames(keys, engine, one)).orElse(List.of()));
        this.arguments = EventCodec.arguments(append, hash);
    }

    private static List<String> names(Keys keys, Engine engine, Event event, Optional<SealedForm> form) {
        List<String> all = new ArrayList<>(List.of(
                keys.document(event.id()),
                keys.stream(event.sessionId()),
                keys.session(event.sessionId()),
                form.map(one -> keys.sealed(one.subject(), event.id())).orElseGet(() -> keys.payload(event.id()))));
        if (engine == Engine.SORTED_SET) {
            for (IndexedField field : IndexedField.values()) {
                all.add(keys.by(field, field.in(event).orElse("")));
            }
        }
        return all;
    }

    private static List<String> personalNames(Keys keys, Engine engine, SealedForm form) {
        String fence = keys.fence(form.subject());
        return engine == Engine.SORTED_SET ? List.of(fence, keys.subject(form.subject())) : List.of(fence);
    }

    byte[][] names() {
        return names;
    }

    /** Those that stand behind the keys of all events. */
    byte[][] personalNames() {
        return personalNames;
    }

    List<byte[]> arguments() {
        return arguments;
    }

    SessionId session() {
        return append.event().sessionId();
    }

    void answer(List<String> said) {
        reply = said;
    }

    /** It is not written, as one before it may be sent again. */
    void hold() {
        reply = HELD;
    }

    boolean isHeld() {
        return error == null && reply.equals(HELD);
    }

    /** Whether it was refused because its session has events and no entry. */
    boolean isOfLostSession() {
        return error == null && reply.size() == 2 && reply.getLast().equals(LOST_SESSION);
    }

    /** Whether a script that said so refused an event because its session has events and no entry. */
    static boolean isOfLostSession(List<?> said) {
        return said.size() == 2 && Arrays.equals((byte[]) said.getLast(), LOST_SESSION_BYTES);
    }

    void fail(JedisDataException why) {
        error = why;
    }

    /** Why it has no answer of its own. */
    Optional<JedisDataException> error() {
        return Optional.ofNullable(error);
    }

    /** What Redis says of a refusal, for the log. */
    String told() {
        return String.valueOf(error == null ? reply.get(1) : error.getMessage());
    }

    AppendOutcome outcome() {
        var id = append.event().id();
        if (error != null) {
            return refused(error);
        }
        return switch (reply.getFirst()) {
            case "appended" -> new AppendOutcome.Appended(id, receipt());
            case "duplicate" -> new AppendOutcome.Duplicate(id, receipt());
            case "conflict" -> new AppendOutcome.Conflict(id, ContentHash.ofBase64Url(reply.get(1)), hash);
            case "unexpected" ->
                new AppendOutcome.UnexpectedSessionSeq(id, append.expected(), Long.parseLong(reply.get(1)));
            case "fenced" -> new AppendOutcome.Fenced(id, Integer.parseInt(reply.get(1)));
            case "personal" -> new AppendOutcome.Personal(id);
            case "gone" ->
                new AppendOutcome.Gone(
                        id,
                        new Lookup.Gone(Instant.ofEpochMilli(Math.round(Double.parseDouble(reply.get(1)))), "", ""));
            case "held" -> new AppendOutcome.Refused(id, Reason.CORRUPT, Appender.HELD);
            case "refused" -> refused(new JedisDataException(reply.get(1)));
            default -> throw new LedgerException(Reason.DEFECT, "the append script answered " + reply.getFirst());
        };
    }

    private AppendOutcome refused(JedisDataException why) {
        LedgerException refusal = RedisErrors.classify(why);
        if (refusal.reason().retryable()) {
            throw refusal;
        }
        EventId id = append.event().id();
        noticed.session(append.event().sessionId());
        String told = refusal.told()
                .orElse(
                        refusal.reason() == Reason.CORRUPT
                                ? "a key of this event or its session holds something else than it should"
                                : "the log of the server has more");
        return new AppendOutcome.Refused(id, refusal.reason(), told);
    }

    private Receipt receipt() {
        Position position = Position.of(reply.get(1));
        return new Receipt(
                position, Long.parseLong(reply.get(2)), Long.parseLong(reply.get(3)), EventCodec.recordedAt(position));
    }
}
