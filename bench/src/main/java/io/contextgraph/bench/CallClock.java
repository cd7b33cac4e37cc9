// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How long calls of a ledger take, all threads together, and when the first one came.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class CallClock {
    private static final long NEVER = Long.MIN_VALUE;

    /** What is timed too when a call gives it. */
    private static final Set<Class<?>> PORTS = Set.of(
            EventLog.class,
            EventOrder.class,
            EventSearch.class,
            Sessions.class,
            AppendStream.class,
            AppendStream.Written.class);

    /** Their calls only hand out ports. */
    private static final Set<Class<?>> LEDGERS = Set.of(Ledger.class, Partition.class);

    private final LongAdder nanos = new LongAdder();
    private final AtomicLong first = new AtomicLong(NEVER);

    /** The same ledger, timed. */
    Partition timed(Partition ledger) {
        return timed(Partition.class, ledger);
    }

    private <T> T timed(Class<T> port, Object of) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (ignored, method, arguments) -> call(of, method, arguments)));
    }

    private @Nullable Object call(Object of, Method method, Object @Nullable [] arguments) throws Throwable {
        long begun = System.nanoTime();
        if (!LEDGERS.contains(method.getDeclaringClass())) {
            boolean ignored = first.compareAndSet(NEVER, begun);
        }
        Object result;
        try {
            result = method.invoke(of, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getTargetException();
        } finally {
            nanos.add(System.nanoTime() - begun);
        }
        return result != null && PORTS.contains(method.getReturnType())
                ? timed(method.getReturnType(), result)
                : result;
    }

    double seconds() {
        return nanos.sum() / 1e9;
    }

    /** When the first call came, as {@link System#nanoTime()} tells it. */
    long firstNanos() {
        return first.get();
    }
}
