// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.problem;

import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.graph.GraphException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.epoch.EpochEndedException;
import io.contextgraph.ledger.epoch.PositionPrunedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What each failure is to a client. Messages of exceptions go to the log only: they may name hosts. */
public final class Problems {
    private Problems() {}

    public static Problem of(Throwable failure) {
        return switch (failure) {
            case ProblemException raised -> raised.problem();
            case InvalidInputException invalid -> invalid(invalid.faults());
            case LedgerException ledger -> ledger(ledger);
            case EpochEndedException ended -> ended(ended);
            case PositionPrunedException pruned -> pruned(pruned);
            case GraphException graph -> graph(graph.reason());
            default ->
                Problem.of(
                        ProblemCode.INTERNAL_ERROR,
                        "The server failed in a way that it does not know; its log has more under this request id.");
        };
    }

    /** One fault that has a code of its own to act on gives the whole answer that code. */
    public static Problem invalid(List<Fault> faults) {
        if (faults.size() == 1) {
            Fault only = faults.getFirst();
            if (only.code().equals(PersonalPayloads.CODE) || only.code().equals(ProblemCode.INVALID_CURSOR.code())) {
                return Problem.invalid(only.code(), faults);
            }
        }
        return Problem.invalid(ProblemCode.INVALID_INPUT.code(), faults);
    }

    /** Names the partition that has failed, where there are several. */
    public static Problem ledger(LedgerException failed) {
        Problem problem = ledger(failed.reason(), failed.told());
        return failed.partition().isPresent()
                ? problem.with("partition", failed.partition().getAsInt())
                : problem;
    }

    /** @param told what is wrong, where that is fit to be told */
    public static Problem ledger(LedgerException.Reason reason, Optional<String> told) {
        return switch (reason) {
            case UNAVAILABLE ->
                Problem.unavailable(reason.code(), "The event store does not answer.", Duration.ofSeconds(5));
            case FULL ->
                Problem.unavailable(
                        reason.code(),
                        "The event store has no room for new events; reading still works.",
                        Duration.ofSeconds(30));
            case OVERLOADED ->
                Problem.unavailable(reason.code(), "Too many appends are waiting.", Duration.ofSeconds(1));
            case READ_ONLY ->
                Problem.unavailable(
                        reason.code(), "The event store takes no writes at present.", Duration.ofSeconds(10));
            case DURABILITY_NOT_REACHED ->
                Problem.unavailable(
                        reason.code(),
                        "Written, but not as safely as asked within the time allowed; repeating it is safe.",
                        Duration.ofSeconds(1));
            case KEY_SERVICE_UNAVAILABLE ->
                Problem.unavailable(
                        reason.code(),
                        "The keys that seal what is about persons cannot be had now; everything else is taken.",
                        Duration.ofSeconds(5));
            case INCOMPLETE ->
                Problem.unavailable(
                        reason.code(),
                        told.map(what -> "The query cannot be answered completely now: " + what + ".")
                                .orElse("The query could not be answered completely within its bounds; narrow it or"
                                        + " try again."),
                        Duration.ofSeconds(1));
            case DURABILITY_UNSUPPORTED ->
                Problem.invalid(
                        reason.code(),
                        List.of(new Fault(
                                "/header/Durability",
                                reason.code(),
                                "asks for a level that this event store cannot confirm")));
            case CORRUPT ->
                Problem.of(
                        500,
                        reason.code(),
                        told.map(what -> "What is stored contradicts itself: " + what + "; an operator must look.")
                                .orElse("What is stored contradicts itself; an operator must look at the log."));
            case DEFECT -> Problem.of(500, reason.code(), "The server failed; its log has more under this request id.");
        };
    }

    /** Names no hosts. */
    public static Problem ended(EpochEndedException ended) {
        return Problem.of(
                        ProblemCode.EPOCH_ENDED, "The cursor or id cannot be gone on from: " + ended.getMessage() + ".")
                .with("last_common_position", ended.lastCommon().toString());
    }

    /** With where one may go on from. */
    public static Problem pruned(PositionPrunedException pruned) {
        return Problem.of(
                        ProblemCode.POSITION_PRUNED,
                        "Not everything that follows is there any more: " + pruned.getMessage() + ".")
                .with("earliest_position", pruned.earliest().position().toString())
                .with("earliest_seq", pruned.earliest().seq());
    }

    public static Problem graph(GraphException.Reason reason) {
        return switch (reason) {
            case UNAVAILABLE ->
                Problem.unavailable(
                        reason.code(),
                        "The graph does not answer; appending and reading events still work.",
                        Duration.ofSeconds(5));
            case TIMEOUT ->
                Problem.unavailable(
                        reason.code(), "The time allowed ran out before the graph answered.", Duration.ofSeconds(1));
            case REJECTED, DOUBLE_ID ->
                Problem.of(500, reason.code(), "The graph refused the query; the log has more under this request id.");
        };
    }
}
