// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import io.opentelemetry.exporter.internal.FailedExportException.HttpExportException;
import io.opentelemetry.sdk.common.export.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Why spans were not taken, in a line. */
final class ExportFailure {
    private static final int MOST_CHARACTERS = 300;

    private ExportFailure() {}

    static String told(@Nullable Throwable failure) {
        if (failure instanceof HttpExportException refused) {
            HttpResponse answer = refused.getResponse();
            if (answer != null) {
                return ("status " + answer.getStatusCode() + " " + printable(answer.getResponseBody())).strip();
            }
        }
        Throwable root = failure;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        if (root == null) {
            return "they were not taken";
        }
        String message = root.getMessage();
        return root.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    /** Also of google.rpc.Status, whose message stands between a few bytes of other things. */
    private static String printable(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8)
                .replaceAll("[^ -~]+", " ")
                .strip();
        return text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text;
    }
}
