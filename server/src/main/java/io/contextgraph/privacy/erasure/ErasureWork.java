// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.Json;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Operation;
import io.contextgraph.operation.Operations;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.Work;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.Pseudonym;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * The erasure of a person, as long work: one at a time for each person.
 *
 * @param names all pseudonyms of the person, newest first
 * @param begins whether it is begun where it was not; else it goes on with one that was
 */
public record ErasureWork(Eraser eraser, List<Pseudonym> names, boolean begins) implements Work {
    public static final String KIND = "erasure";

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final String BROKEN_OFF = "the erasure has broken off, and goes on when it is asked for again: ";

    public ErasureWork {
        names = List.copyOf(names);
    }

    /** One that is begun where it was not. */
    public ErasureWork(Eraser eraser, List<Pseudonym> names) {
        this(eraser, names, true);
    }

    @Override
    public String kind() {
        return KIND;
    }

    /** {@inheritDoc} That is the oldest pseudonym: the same also for who does not know of the newest yet. */
    @Override
    public String lock() {
        return KIND + ":" + names.getLast();
    }

    /** {@inheritDoc} That is the wish: whoever was told that it is begun need not ask again. */
    @Override
    public void prepare() {
        if (begins) {
            eraser.ask(names);
        }
    }

    /** @return {@code report} and {@code receipt}, each null where there is none */
    @Override
    public ObjectNode run(Watcher watcher) {
        try {
            return switch (begins ? eraser.erase(names) : eraser.goOn(names)) {
                case ErasureOutcome.Unknown ignored ->
                    Json.MAPPER.createObjectNode().putNull("report").putNull("receipt");
                case ErasureOutcome.Held held ->
                    throw new WorkFailedException("nothing is erased yet: sessions of the person are held ("
                            + String.join(
                                    ", ",
                                    held.report().heldBy().stream()
                                            .map(SessionId::value)
                                            .toList())
                            + "); it goes on when they are released");
                case ErasureOutcome.Erased erased -> ErasureJson.of(erased);
            };
        } catch (LedgerException | KeyServiceException | GraphException away) {
            throw new WorkFailedException(BROKEN_OFF + away.getMessage(), away);
        }
    }

    /**
     * Erases the person and waits for it, while nobody else does; where another process is at it already, waits for that one, and
     * begins none.
     *
     * @param stopped rests for so long; true when nobody waits for it any more
     * @return what {@link #run} returns
     * @throws WorkFailedException when it has broken off, or sessions of the person are held
     * @throws CancellationException when nobody waits for it any more; it goes on all the same
     */
    public ObjectNode runAlone(Operations operations, Predicate<Duration> stopped) {
        Work work = this;
        Optional<Operation> operation = operations.start(work);
        while (operation.isEmpty()) {
            operation = operations.at(lock());
            if (operation.isEmpty()) {
                rest(stopped);
                // The other one has ended between the two looks: nobody asks for another erasure because of that.
                work = new ErasureWork(eraser, names, false);
                operation = operations.start(work);
            }
        }
        return ended(operation.get(), operations, stopped);
    }

    private static void rest(Predicate<Duration> stopped) {
        if (stopped.test(PAUSE)) {
            throw new CancellationException("nobody waits for it");
        }
    }

    private static ObjectNode ended(Operation begun, Operations operations, Predicate<Duration> stopped) {
        Operation operation = begun;
        while (operation.runs()) {
            rest(stopped);
            operation = operations.find(operation.id()).orElse(operation);
        }
        String error = operation.error().orElse("it was cancelled");
        return operation.result().orElseThrow(() -> new WorkFailedException(error));
    }
}
