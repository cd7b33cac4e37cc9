// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.Json;
import io.contextgraph.event.Sha256;
import io.contextgraph.privacy.key.DigestKey;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What is the same record, wherever and however it was written: a digest of its canonical JSON, decoded, without what a
 * transport or an importer adds. It is SHA-256; of what is about a person, HMAC-SHA-256 under a key of that person.
 */
public final class RecordDigest {
    /** Of what is about nobody. */
    public static final RecordDigest PLAIN = new RecordDigest(Optional.empty());

    /** Digits of a digest that stand in a name: enough to tell apart what one person imports. */
    private static final int SHORT = 12;

    private final Optional<DigestKey.OfPerson> key;

    private RecordDigest(Optional<DigestKey.OfPerson> key) {
        this.key = key;
    }

    /** Of what is about the person of this key. */
    static RecordDigest keyed(DigestKey.OfPerson key) {
        return new RecordDigest(Optional.of(key));
    }

    /** 64 hexadecimal digits. */
    public String of(JsonNode record) {
        return of(Json.canonical(record));
    }

    /** The same of a text. */
    public String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    private String of(byte[] bytes) {
        return key.map(own -> HexFormat.of().formatHex(own.digest(bytes))).orElseGet(() -> Sha256.hex(bytes));
    }

    /** The beginning of a digest, fit for a name. */
    static String inName(String digest) {
        return digest.substring(0, SHORT);
    }
}
