// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The name of a request, in its answer and in the log: the client's own where it is usable, else a new one. */
final class RequestIds {
    static final String HEADER = "X-Request-ID";

    /** Printable ASCII only: what goes back in a header and into a log must not be able to break either. */
    private static final Pattern USABLE = Pattern.compile("[ -~]{1,128}");

    private RequestIds() {}

    static String of(Optional<String> sent) {
        return sent.filter(id -> !id.isBlank() && USABLE.matcher(id).matches()).orElseGet(RequestIds::next);
    }

    /** Tells requests apart and is no secret: no need for a source of randomness that is dear and shared. */
    private static String next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
