// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import java.net.URI;
import java.net.http.HttpResponse;

/** Where the next request goes. Safe for threads. */
interface Servers {
    /** One request to one server, and what becomes of it. */
    interface Turn {
        /** Where it speaks HTTP. */
        URI address();

        /** Where it speaks OTLP over gRPC; 0 where it does not. */
        int grpcPort();

        /** It was answered, whatever the answer is; what comes behind its head may still break off. */
        void answered(HttpResponse<?> response);

        /** It was not answered, or not to the end. */
        void cut(String what, Throwable why);
    }

    /** The turn of a request that is about to be sent; waits until there is somebody to send it to. */
    Turn next() throws InterruptedException;

    /** One server, which may die at any time: nothing is noted. */
    static Servers one(URI address) {
        Turn always = new Turn() {
            @Override
            public URI address() {
                return address;
            }

            @Override
            public int grpcPort() {
                return 0;
            }

            @Override
            public void answered(HttpResponse<?> response) {
                // Whoever has sent it judges it.
            }

            @Override
            public void cut(String what, Throwable why) {
                // That is allowed.
            }
        };
        return () -> always;
    }
}
