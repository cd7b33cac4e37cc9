// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.partition.Partition;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Ports of a process that ends at one of their calls: before the call is made, or when nobody hears its answer. Or it stands still
 * before that call, and goes on when others have done something.
 */
final class Breaks {
    /** No call is the last one. */
    static final int NEVER = 0;

    private final int last;
    private final boolean made;
    private final @Nullable Runnable meanwhile;
    private int calls;
    private boolean broken;

    /**
     * @param last the number of the call at which the process ends, from 1
     * @param made whether that call is still made
     */
    Breaks(int last, boolean made) {
        this(last, made, null);
    }

    private Breaks(int last, boolean made, @Nullable Runnable meanwhile) {
        this.last = last;
        this.made = made;
        this.meanwhile = meanwhile;
    }

    /** Of one that stands still before a call, while others do something. */
    static Breaks pausing(int call, Runnable meanwhile) {
        return new Breaks(call, false, meanwhile);
    }

    /** The process has ended. */
    static final class Ended extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Ended() {
            super("the process has ended");
        }
    }

    boolean isBroken() {
        return broken;
    }

    int calls() {
        return calls;
    }

    /** A port of the process; those that it hands out are its, too. */
    <T> T of(Class<T> port, T real) {
        return port.cast(Proxy.newProxyInstance(
                Breaks.class.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    Class<?> answer = method.getReturnType();
                    if (method.getName().equals("name")) {
                        return invoke(method, real, arguments);
                    }
                    if (real instanceof Ledger ledger && method.getName().equals("partitions")) {
                        return ledger.partitions().stream()
                                .map(partition -> of(Partition.class, partition))
                                .toList();
                    }
                    boolean isPort = answer.isInterface()
                            && !answer.isSealed()
                            && answer.getName().startsWith("io.contextgraph.");
                    if (isPort) {
                        return port(answer, invoke(method, real, arguments));
                    }
                    if (meanwhile != null) {
                        if (++calls == last) {
                            meanwhile.run();
                        }
                        return invoke(method, real, arguments);
                    }
                    if (broken || (++calls == last && !made)) {
                        broken = true;
                        throw new Ended();
                    }
                    Object result = invoke(method, real, arguments);
                    if (calls == last) {
                        broken = true;
                        throw new Ended();
                    }
                    return result;
                }));
    }

    private <T> Object port(Class<T> type, Object real) {
        return of(type, type.cast(real));
    }

    private static Object invoke(Method method, Object real, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }
}
