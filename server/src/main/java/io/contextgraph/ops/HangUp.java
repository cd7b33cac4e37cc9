// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** The signal SIGHUP, by which an operator asks a process to read its settings again. */
public final class HangUp {
    private HangUp() {}

    /**
     * Does something each time the signal comes, in place of ending the process; each time in a thread of its own. Where there is no
     * such signal, as on Windows, or it has been switched off for the process, as by {@code nohup}, it never comes.
     */
    public static void listen(Runnable work) {
        try {
            // Java has no other way, and its compiler lets nobody name these classes without a warning.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    HangUp.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (!method.getName().equals("handle")) {
                            throw new UnsupportedOperationException(method.getName());
                        }
                        work.run();
                        return null;
                    });
            Object ignored = signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
        } catch (InvocationTargetException unknown) {
            // It never comes.
        } catch (ReflectiveOperationException other) {
            throw new LinkageError("this Java has no signals", other);
        }
    }
}
