// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http;

/**
 * One method on one address.
 *
 * @param method GET, POST or DELETE
 * @param template address with parameters in braces; also the label in metrics
 * @param always whether it is answered even when the server has too much to do
 */
record Route(String method, String template, boolean always, Handler handler) {
    /** Parse, call a port, encode. */
    @FunctionalInterface
    interface Handler {
        Answer handle(Call call);
    }

    static Route get(String template, Handler handler) {
        return new Route("GET", template, false, handler);
    }

    static Route post(String template, Handler handler) {
        return new Route("POST", template, false, handler);
    }

    static Route delete(String template, Handler handler) {
        return new Route("DELETE", template, false, handler);
    }

    /** This route, answered even when the server has too much to do. */
    Route evenUnderLoad() {
        return new Route(method, template, true, handler);
    }
}
