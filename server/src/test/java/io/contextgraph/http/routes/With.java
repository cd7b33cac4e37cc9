// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.http.engine.HttpSettings;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Settings of a server, but for one. */
final class With {
    private With() {}

    static UnaryOperator<HttpSettings> limits(HttpSettings.Limits limits) {
        return usual -> new HttpSettings(
                usual.host(),
                usual.port(),
                usual.version(),
                usual.durability(),
                usual.events(),
                limits,
                usual.timeouts());
    }

    /** The usual ones, but for what a request's head may take. */
    static HttpSettings.Timeouts head(Duration head) {
        HttpSettings.Timeouts usual = HttpSettings.Timeouts.DEFAULTS;
        return new HttpSettings.Timeouts(
                usual.idle(), head, usual.body(), usual.silence(), usual.heartbeat(), usual.shutdown());
    }

    static UnaryOperator<HttpSettings> timeouts(HttpSettings.Timeouts timeouts) {
        return usual -> new HttpSettings(
                usual.host(),
                usual.port(),
                usual.version(),
                usual.durability(),
                usual.events(),
                usual.limits(),
                timeouts);
    }
}
