// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.tls.Identity;
import java.util.Optional;
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
                usual.timeouts(),
                usual.tls());
    }

    static UnaryOperator<HttpSettings> timeouts(HttpSettings.Timeouts timeouts) {
        return usual -> new HttpSettings(
                usual.host(),
                usual.port(),
                usual.version(),
                usual.durability(),
                usual.events(),
                usual.limits(),
                timeouts,
                usual.tls());
    }

    static UnaryOperator<HttpSettings> tls(Identity.Files files) {
        return usual -> new HttpSettings(
                usual.host(),
                usual.port(),
                usual.version(),
                usual.durability(),
                usual.events(),
                usual.limits(),
                usual.timeouts(),
                Optional.of(files));
    }
}
