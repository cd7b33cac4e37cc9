// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.List;
import java.util.Optional;

/** The usual options of an import, but for one. */
public final class Options {
    private static final CaptureOptions USUAL = CaptureOptions.DEFAULTS;

    private Options() {}

    public static CaptureOptions sessionPrefix(String prefix) {
        return but(Optional.of(prefix), USUAL.errorTextFails(), USUAL.skip());
    }

    public static CaptureOptions errorTextIsNoFailure() {
        return but(USUAL.sessionPrefix(), false, USUAL.skip());
    }

    public static CaptureOptions skipping(String... patterns) {
        return but(USUAL.sessionPrefix(), USUAL.errorTextFails(), new SkipPatterns(List.of(patterns)));
    }

    public static CaptureOptions maxBytes(long document, int line) {
        return new CaptureOptions(
                USUAL.syntheticStart(),
                USUAL.sessionPrefix(),
                USUAL.agentId(),
                USUAL.errorTextFails(),
                USUAL.skip(),
                document,
                line,
                USUAL.whom(),
                USUAL.limits());
    }

    private static CaptureOptions but(Optional<String> prefix, boolean errorTextFails, SkipPatterns skip) {
        return new CaptureOptions(
                USUAL.syntheticStart(),
                prefix,
                USUAL.agentId(),
                errorTextFails,
                skip,
                USUAL.maxDocumentBytes(),
                USUAL.maxLineBytes(),
                USUAL.whom(),
                USUAL.limits());
    }
}
