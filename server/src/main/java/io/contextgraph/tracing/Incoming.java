// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import java.util.Optional;

/** What a span says of a request before it is answered. */
public interface Incoming {
    /** What a header says, the first where there are several. */
    Optional<String> header(String name);
}
