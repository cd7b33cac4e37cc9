// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event of a run whose session has no name yet: what it is, and by which other event of the run it was caused. Ids
 * come when the run has its name, see {@link Run#emit}.
 */
public final class Step {
    private final int record;
    private final String name;
    private final String type;
    private final String place;
    private String agent = "";
    private int turn;
    private @Nullable String cause;
    private Instant at = Instant.EPOCH;
    private @Nullable Instant end;
    private @Nullable String tool;
    private @Nullable EventStatus status;
    private boolean opening;
    private boolean aside;
    private ObjectNode payload = Json.MAPPER.createObjectNode();
    private @Nullable Answer answer;

    /**
     * @param record which record of the run it is made of, from 0
     * @param name what it is called within its run; never changes for the same record
     * @param place where that stands in the file
     */
    public Step(int record, String name, String type, String place) {
        this.record = record;
        this.name = name;
        this.type = type;
        this.place = place;
    }

    /**
     * What a call came back with.
     *
     * @param record which record of the run it is
     * @param name what its event is called where it is one of its own: the record's number, unless another event has it
     * @param digest of that record
     * @param payload what it adds to the payload of the call
     */
    public record Answer(
            int record, String name, String digest, String place, Instant at, EventStatus status, ObjectNode payload) {}

    int record() {
        return record;
    }

    /** What it is called within its run. */
    public String name() {
        return name;
    }

    String type() {
        return type;
    }

    /** Whether it is one of the calls of its record. */
    boolean isCall() {
        return !name.equals(Integer.toString(record));
    }

    @Nullable
    Answer answer() {
        return answer;
    }

    /** Who acted, and in which turn: a request, and the work that it causes, from 0. */
    public Step by(String who, int inTurn) {
        agent = who;
        turn = inTurn;
        return this;
    }

    /** When it was. */
    public Step at(Instant start, @Nullable Instant until) {
        at = start;
        end = until;
        return this;
    }

    /** The name of the event that caused it; null for none. */
    public Step causedBy(@Nullable String step) {
        cause = step;
        return this;
    }

    /** The tool that is called, as the record says it; see {@link Draft#tool}. */
    public Step tool(@Nullable String called) {
        tool = called;
        return this;
    }

    /** How it ended; of a call without its answer, that it is pending. */
    public Step status(EventStatus reached) {
        status = reached;
        return this;
    }

    /** It opens its session. */
    public Step opening() {
        opening = true;
        return this;
    }

    /** It is of little importance. */
    public Step aside() {
        aside = true;
        return this;
    }

    /** What it says; it is copied when it is emitted. */
    public Step payload(ObjectNode content) {
        payload = content;
        return this;
    }

    /** What it says so far. */
    public ObjectNode payload() {
        return payload;
    }

    /** The call came back. */
    public void answered(Answer with) {
        answer = with;
    }

    /** The event itself; with its answer in it where {@code whole}. */
    Draft draft(Run.Named run, boolean whole) {
        Draft draft = new Draft(place, run.eventId(name), type)
                .of(run.session(), agent, run.trace(turn))
                .at(at, end)
                .parent(cause == null ? null : run.eventId(cause))
                .tool(tool)
                .payload(payload.deepCopy());
        if (status != null) {
            draft.status(status);
        }
        if (opening) {
            draft.opening();
        } else if (aside) {
            draft.aside();
        }
        if (whole && answer != null) {
            draft.payload().setAll(answer.payload());
            draft.endedAt(answer.at()).status(answer.status());
        }
        return draft;
    }

    /** The answer as an event of its own, where the call was recorded before it came. */
    Draft answerDraft(Run.Named run, Answer of) {
        return new Draft(of.place(), run.eventId(of.name()), "tool.result")
                .of(run.session(), agent, run.trace(turn))
                .at(of.at(), null)
                .parent(run.eventId(name))
                .tool(tool)
                .status(of.status())
                .payload(of.payload().deepCopy());
    }
}
