// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.SessionId;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.Pseudonym;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * How far the erasure of a person has come, and what became of the person in each place.
 *
 * @param id of the erasure
 * @param state how far
 * @param keys under which pseudonyms the person is erased, and up to which generation of each one's key; newest pseudonym first
 * @param startedAt when it was asked for, to the millisecond
 * @param doneAt when it was at its end
 * @param heldBy the sessions whose holds it waits for
 * @param places what became of each place, in the order in which they were come to
 */
public record ErasureReport(
        UUID id,
        State state,
        List<KeyId> keys,
        Instant startedAt,
        Optional<Instant> doneAt,
        List<SessionId> heldBy,
        List<Sweep> places) {
    /** How far an erasure can have come. */
    public enum State {
        /** It is asked for, and nothing is done yet: whether anything of the person is held is still to be seen. */
        ASKED,
        /** It has not begun: a session of the person is held. */
        HELD,
        /** It has begun, and goes on until it is done. */
        RUNNING,
        /** Everything that could be done is done. */
        DONE;

        /** In lower case. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads the name in lower case; empty for anything else. */
        public static Optional<State> parse(String name) {
            for (State state : values()) {
                if (state.wireName().equals(name)) {
                    return Optional.of(state);
                }
            }
            return Optional.empty();
        }
    }

    public ErasureReport {
        keys = List.copyOf(keys);
        startedAt = startedAt.truncatedTo(ChronoUnit.MILLIS);
        doneAt = doneAt.map(at -> at.truncatedTo(ChronoUnit.MILLIS));
        heldBy = List.copyOf(heldBy);
        places = List.copyOf(places);
    }

    /** The pseudonyms of the person, newest first. */
    public List<Pseudonym> names() {
        return keys.stream().map(KeyId::pseudonym).toList();
    }

    /** What became of one place. */
    public Optional<Sweep> at(String place) {
        return places.stream().filter(sweep -> sweep.place().equals(place)).findFirst();
    }

    /** Where something is left for the operator. */
    public List<Sweep> remaining() {
        return places.stream().filter(sweep -> !sweep.remains().isEmpty()).toList();
    }

    ErasureReport asked() {
        return new ErasureReport(id, State.ASKED, keys, startedAt, Optional.empty(), List.of(), List.of());
    }

    ErasureReport held(List<SessionId> sessions) {
        return new ErasureReport(id, State.HELD, keys, startedAt, Optional.empty(), sessions, List.of());
    }

    ErasureReport running(List<KeyId> erased) {
        return new ErasureReport(id, State.RUNNING, erased, startedAt, Optional.empty(), List.of(), places);
    }

    ErasureReport done(Instant at) {
        return new ErasureReport(id, State.DONE, keys, startedAt, Optional.of(at), List.of(), places);
    }

    /** With what became of a place, in the stead of what was told of it before. */
    ErasureReport with(Sweep sweep) {
        List<Sweep> all = new ArrayList<>();
        boolean known = false;
        for (Sweep before : places) {
            boolean same = before.place().equals(sweep.place());
            all.add(same ? sweep.after(before) : before);
            known |= same;
        }
        if (!known) {
            all.add(sweep);
        }
        return new ErasureReport(id, state, keys, startedAt, doneAt, heldBy, all);
    }
}
