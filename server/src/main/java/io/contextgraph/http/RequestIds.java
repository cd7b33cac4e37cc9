// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** The name of a request, in its answer and in the log: the client's own where it is usable, else a new one. */
final class RequestIds {
    static final String HEADER = "X-Request-ID";

    /** Printable ASCII only: what goes back in a header and into a log must not be able to break either. */
    private static final Pattern USABLE = Pattern.compile("[ -~]{1,128}");

    private RequestIds() {}

    static String of(Optional<String> sent) {
        return sent.filter(id -> !id.isBlank() && USABLE.matcher(id).matches())
                .orElseGet(() -> UUID.randomUUID().toString());
    }
}
