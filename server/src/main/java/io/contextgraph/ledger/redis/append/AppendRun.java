// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Script;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisDataException;

/** One run of the script. */
final class AppendRun {
    private final Script script;
    private final Engine engine;
    private final LedgerHeader header;
    private final SharedKeys shared;
    private final List<AppendItem> items;
    private @Nullable Object reply;

    AppendRun(Script script, Engine engine, LedgerHeader header, SharedKeys shared, List<AppendItem> items) {
        this.script = script;
        this.engine = engine;
        this.header = header;
        this.shared = shared;
        this.items = items;
    }

    /** @param place in its round, as the script wants it */
    void send(Connection connection, String place) {
        reply = null;
        script.send(connection, names(), arguments(place));
    }

    /** @param said an error, or a list with an answer for each event */
    void replied(Object said) {
        reply = said;
        shared.head().learn(said);
    }

    List<byte[]> names() {
        List<byte[]> names = shared.names();
        items.forEach(item -> Collections.addAll(names, item.names()));
        items.forEach(item -> Collections.addAll(names, item.personalNames()));
        return names;
    }

    List<byte[]> arguments(String place) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(Keys.bytes(engine.configName()));
        arguments.add(Keys.bytes(place));
        arguments.add(Keys.bytes(header.argument()));
        items.forEach(item -> arguments.addAll(item.arguments()));
        return arguments;
    }

    /**
     * Whether it was not carried out because the script was not there, a run before it had not been, or it has named other pages
     * of ids than it would touch.
     */
    boolean isLeftBehind() {
        return failure().filter(RedisErrors::isLeftBehind).isPresent();
    }

    /** What it failed with that may go by itself, so that its callers send it again. */
    Optional<JedisDataException> passingFailure() {
        return failure().filter(error -> RedisErrors.classify(error).reason().retryable());
    }

    Optional<JedisDataException> failure() {
        return reply() instanceof JedisDataException error ? Optional.of(error) : Optional.empty();
    }

    /** Whether an event of it may be sent again, so that nothing behind that was written. */
    boolean holds() {
        return reply() instanceof List<?> replies
                && replies.stream().anyMatch(said -> AppendItem.isOfLostSession((List<?>) said));
    }

    /** Nothing of it was written. */
    void hold() {
        items.forEach(AppendItem::hold);
    }

    private static List<String> texts(Object said) {
        return ((List<?>) said).stream().map(part -> Keys.text((byte[]) part)).toList();
    }

    private Object reply() {
        Object said = reply;
        if (said == null) {
            throw new IllegalStateException("the run has not been answered");
        }
        return said;
    }

    void answer(Optional<JedisDataException> failure) {
        if (failure.isPresent()) {
            items.forEach(item -> item.fail(failure.get()));
        } else {
            answer((List<?>) reply());
        }
    }

    void answer(List<?> replies) {
        for (int i = 0; i < items.size(); i++) {
            items.get(i).answer(texts(replies.get(i)));
        }
    }
}
