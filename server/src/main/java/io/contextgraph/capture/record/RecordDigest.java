// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.Json;
import io.contextgraph.event.Sha256;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/**
 * What is the same record, wherever and however it was written: SHA-256 of its canonical JSON, decoded, without what a
 * transport or an importer adds.
 */
public final class RecordDigest {
    /** Digits of a digest that stand in a name: enough to tell apart what one person imports. */
    private static final int SHORT = 12;

    private RecordDigest() {}

    /** 64 hexadecimal digits. */
    public static String of(JsonNode record) {
        return Sha256.hex(Json.canonical(record));
    }

    /** The same of a text. */
    public static String of(String text) {
        return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The beginning of a digest, fit for a name. */
    static String inName(String digest) {
        return digest.substring(0, SHORT);
    }
}
