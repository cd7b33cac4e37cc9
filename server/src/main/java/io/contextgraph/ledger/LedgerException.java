// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The ledger cannot do what was asked, for a reason that the caller cannot decide about.
 *
 * <p>The adapter that knows the error classifies it; nobody reads the message to find out more.
 */
public final class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        UNAVAILABLE("ledger_unavailable", true, "the store does not answer"),
        FULL("ledger_full", true, "the store has no room for more events; reading still works"),
        OVERLOADED("ledger_overloaded", true, "more appends are waiting than the queue may hold"),
        READ_ONLY("ledger_read_only", true, "the store answers but takes no writes: a replica, or its disk fails"),
        DURABILITY_NOT_REACHED(
                "durability_not_reached", true, "written, but not as safely as asked within the time allowed"),
        DURABILITY_UNSUPPORTED(
                "durability_unsupported", false, "the store has no way to confirm the level that was asked for"),
        KEY_SERVICE_UNAVAILABLE(
                "key_service_unavailable",
                true,
                "the event is about a person, and the keys that seal what is about persons cannot be had now"),
        INCOMPLETE(
                "query_incomplete",
                true,
                "the query cannot be answered completely now: its time was over, or the index is being built"),
        CORRUPT(
                "ledger_corrupt",
                false,
                "what is stored contradicts itself, or something is missing, which the answer names; an operator must"
                        + " look"),
        DEFECT("ledger_defect", false, "a defect of the server; its log has more");

        private final String code;
        private final boolean retryable;
        private final String meaning;

        Reason(String code, boolean retryable, String meaning) {
            this.code = code;
            this.retryable = retryable;
            this.meaning = meaning;
        }

        /** What it says, in a few words. */
        public String meaning() {
            return meaning;
        }

        /** Stable name for machines. */
        public String code() {
            return code;
        }

        /** The one with this code; empty where there is none. */
        public static Optional<Reason> of(String code) {
            return Arrays.stream(values())
                    .filter(reason -> reason.code.equals(code))
                    .findFirst();
        }

        /** Whether the same request may succeed later; it is always safe to repeat. */
        public boolean retryable() {
            return retryable;
        }
    }

    private final Reason reason;
    private final @Nullable String told;
    private final @Nullable Integer partition;

    public LedgerException(Reason reason, String message) {
        this(reason, message, null, null, null);
    }

    public LedgerException(Reason reason, String message, Throwable cause) {
        this(reason, message, cause, null, null);
    }

    private LedgerException(
            Reason reason,
            String message,
            @Nullable Throwable cause,
            @Nullable String told,
            @Nullable Integer partition) {
        super(message, cause);
        this.reason = reason;
        this.told = told;
        this.partition = partition;
    }

    /** With a message that anybody may be told: it names keys, events and numbers, no hosts and no content. */
    public static LedgerException telling(Reason reason, String message) {
        return new LedgerException(reason, message, null, message, null);
    }

    /** With a cause that goes into the message only, not into what is told. */
    public static LedgerException telling(Reason reason, String told, Exception cause) {
        return new LedgerException(reason, told + ": " + cause.getMessage(), cause, told, null);
    }

    /** The same for another thread, with its own trace. */
    public static LedgerException again(LedgerException failed) {
        return new LedgerException(
                failed.reason, String.valueOf(failed.getMessage()), failed, failed.told, failed.partition);
    }

    /** The failure of one partition of several, for whoever asked for more than that one. */
    public static LedgerException ofPartition(int number, LedgerException failed) {
        String name = "partition " + number + ": ";
        return new LedgerException(
                failed.reason,
                name + failed.getMessage(),
                failed,
                name + failed.told().orElse(failed.reason.meaning()),
                number);
    }

    /** The partition that it is of, where there are several. */
    public OptionalInt partition() {
        return partition == null ? OptionalInt.empty() : OptionalInt.of(partition);
    }

    /** What is wrong, where that is fit to be told to whoever asked. */
    public Optional<String> told() {
        return Optional.ofNullable(told);
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
