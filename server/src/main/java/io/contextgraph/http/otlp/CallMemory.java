// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import io.contextgraph.http.engine.MemoryBudget;
import io.contextgraph.http.engine.Unpacked;
import io.contextgraph.http.problem.ProblemException;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a call may take while its message arrives: time, and memory of what all bodies share. The memory is taken as bytes
 * come, packed and unpacked, and given back when the call has ended and nobody works on it any more. A call that takes too
 * much is closed, once, and never worked on.
 *
 * <p><b>Threads.</b> Safe for threads: told by those that read and by the one that works, closed by any.
 */
final class CallMemory extends ServerStreamTracer {
    private static final Context.Key<CallMemory> OF_CALL = Context.key("memory");

    /** Of gRPC: {@code DEADLINE_EXCEEDED}. */
    private static final int TOO_LATE = 4;

    private final MemoryBudget.Lease lease;
    private long packed;
    private long unpacked;
    private boolean ended;
    private boolean working;
    private boolean answered;
    private @Nullable ServerCall<?, ?> call;
    private @Nullable Future<?> timer;

    /** Why, where it is refused before it is known which call it is. */
    private @Nullable RpcStatus refusal;

    private CallMemory(MemoryBudget.Lease lease) {
        this.lease = lease;
    }

    /** Makes one for each call. */
    static final class OfCalls extends Factory {
        private final MemoryBudget bodies;

        OfCalls(MemoryBudget bodies) {
            this.bodies = bodies;
        }

        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            return new CallMemory(bodies.lease());
        }
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(OF_CALL, this);
    }

    /** That of the call that this thread works for. */
    static CallMemory current() {
        CallMemory memory = OF_CALL.get();
        if (memory == null) {
            throw new IllegalStateException("this thread works for no call");
        }
        return memory;
    }

    /**
     * This call is the one that is closed where it takes too much.
     *
     * @param patience in which its message must be here
     */
    synchronized void attach(ServerCall<?, ?> with, Duration patience, ScheduledExecutorService timers) {
        call = with;
        RpcStatus before = refusal;
        if (before != null) {
            before.close(with);
        }
        if (!isOver()) {
            timer = timers.schedule(() -> late(patience), patience.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void late(Duration patience) {
        refuse(new RpcStatus(
                408,
                TOO_LATE,
                "the request has not arrived within " + patience.toSeconds() + " s, and nothing of it was taken",
                Optional.empty()));
    }

    @Override
    public synchronized void inboundWireSize(long more) {
        packed += more;
        take();
    }

    @Override
    public synchronized void inboundUncompressedSize(long more) {
        unpacked += more;
        take();
    }

    private void take() {
        if (isOver()) {
            return;
        }
        try {
            Unpacked.requireBound(unpacked, packed);
            lease.raiseTo(packed + unpacked);
        } catch (ProblemException tooMuch) {
            refuse(RpcStatus.of(tooMuch.problem()));
        }
    }

    private void refuse(RpcStatus why) {
        if (isOver()) {
            return;
        }
        answered = true;
        ServerCall<?, ?> known = call;
        if (known == null) {
            refusal = why;
        } else {
            why.close(known);
        }
    }

    /** Whether it is answered, or being answered, or its client has gone: its message is not wanted. */
    synchronized boolean isOver() {
        return answered || ended;
    }

    /** Begins to work on the message; false where the call was refused meanwhile, or its client has gone. */
    synchronized boolean begin() {
        if (isOver()) {
            return false;
        }
        answered = true;
        working = true;
        cancelTimer();
        return true;
    }

    /** Nobody works on it any more. */
    synchronized void end() {
        working = false;
        if (ended) {
            lease.close();
        }
    }

    @Override
    public synchronized void streamClosed(Status status) {
        ended = true;
        cancelTimer();
        if (!working) {
            lease.close();
        }
    }

    private void cancelTimer() {
        Future<?> running = timer;
        if (running != null) {
            boolean ignored = running.cancel(false);
            timer = null;
        }
    }
}
