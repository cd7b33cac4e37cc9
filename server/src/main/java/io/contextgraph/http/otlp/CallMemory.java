// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import io.contextgraph.http.engine.MemoryBudget;
import io.contextgraph.http.problem.ProblemException;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the message of one call takes while it arrives: taken from what all bodies share, as bytes come, and given back
 * when the call ends. A call for which there is none is closed.
 *
 * <p><b>Threads.</b> Told by the thread that reads, closed by any.
 */
final class CallMemory extends ServerStreamTracer {
    private static final Context.Key<CallMemory> OF_CALL = Context.key("memory");

    private final MemoryBudget.Lease lease;
    private long bytes;
    private boolean ended;
    private @Nullable ServerCall<?, ?> call;

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

    /** The call of this context is the one that is closed where there is no memory. */
    static void attach(ServerCall<?, ?> call) {
        CallMemory memory = OF_CALL.get();
        if (memory != null) {
            memory.attached(call);
        }
    }

    private synchronized void attached(ServerCall<?, ?> with) {
        call = with;
    }

    @Override
    public synchronized void inboundWireSize(long more) {
        if (ended) {
            return;
        }
        bytes += more;
        try {
            // Once as it arrives, and once as it is read.
            lease.raiseTo(2 * bytes);
        } catch (ProblemException full) {
            ServerCall<?, ?> known = call;
            if (known != null) {
                RpcStatus.of(full.problem()).close(known);
            }
        }
    }

    @Override
    public synchronized void streamClosed(Status status) {
        ended = true;
        lease.close();
    }
}
