// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import java.util.Optional;

/** The usual options of an import, but for one. */
final class Options {
    private static final CaptureOptions USUAL = CaptureOptions.DEFAULTS;

    private Options() {}

    static CaptureOptions sessionPrefix(String prefix) {
        return but(Optional.of(prefix), USUAL.errorTextFails(), USUAL.keepAllSpans());
    }

    static CaptureOptions errorTextIsNoFailure() {
        return but(USUAL.sessionPrefix(), false, USUAL.keepAllSpans());
    }

    static CaptureOptions allSpans() {
        return but(USUAL.sessionPrefix(), USUAL.errorTextFails(), true);
    }

    static CaptureOptions maxBytes(long document, int line) {
        return new CaptureOptions(
                USUAL.syntheticStart(),
                USUAL.sessionStagger(),
                USUAL.sessionPrefix(),
                USUAL.agentId(),
                USUAL.errorTextFails(),
                USUAL.keepAllSpans(),
                document,
                line,
                USUAL.limits());
    }

    private static CaptureOptions but(Optional<String> prefix, boolean errorTextFails, boolean allSpans) {
        return new CaptureOptions(
                USUAL.syntheticStart(),
                USUAL.sessionStagger(),
                prefix,
                USUAL.agentId(),
                errorTextFails,
                allSpans,
                USUAL.maxDocumentBytes(),
                USUAL.maxLineBytes(),
                USUAL.limits());
    }
}
