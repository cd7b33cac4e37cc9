// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.signing.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * The signed word that a person was erased.
 *
 * <p><b>Shape.</b> What is signed is canonical JSON with the time, the id and the keys of the erasure as the report has them,
 * {@code receipt} (1, the version of this form) and {@code report_sha256}, the SHA-256 of the canonical JSON of the report. So a report that was changed does not fit its receipt.
 * Where the ledger has several partitions, {@code through} besides: the positions that they had come to when all was erased, in the
 * order of their numbers.
 *
 * @param payload what is signed, as text
 * @param key the id of the key that signed it
 * @param signature Ed25519 over the UTF-8 of the payload, in base64
 */
public record ErasureReceipt(String payload, String key, String signature) {
    private static final int VERSION = 1;
    private static final String THROUGH = "through";

    /**
     * Signs what a report tells.
     *
     * @param through see {@link #through}
     */
    static ErasureReceipt of(ErasureReport report, List<Position> through, ReceiptKey key) {
        ObjectNode told = ErasureJson.of(report);
        ObjectNode json = Json.MAPPER.createObjectNode().put("receipt", VERSION);
        json.put("report_sha256", sha256(Json.canonical(told)));
        json.set("erasure", told.required("id"));
        json.set("keys", told.required("keys"));
        json.set("done_at", told.required("done_at"));
        if (!through.isEmpty()) {
            json.put(THROUGH, Position.text(through));
        }
        byte[] payload = Json.canonical(json);
        return new ErasureReceipt(
                new String(payload, StandardCharsets.UTF_8),
                key.publicKey().id(),
                Base64.getEncoder().encodeToString(key.sign(payload)));
    }

    /** SHA-256 of the payload: tells this receipt from any other, and nothing of the person. */
    public String digest() {
        return sha256(payload.getBytes(StandardCharsets.UTF_8));
    }

    /** The event that records it in the ledger. */
    public EventId recordedAs() {
        return new EventId(UUID.nameUUIDFromBytes(("receipt " + digest()).getBytes(StandardCharsets.UTF_8)));
    }

    /** Where each of several partitions ended when all was erased, by its number; none where the ledger is one order. */
    public List<Position> through() {
        try {
            String text = Json.MAPPER.readTree(payload).path(THROUGH).asString("");
            return text.isEmpty() ? List.of() : Position.each(text);
        } catch (JacksonException | IllegalArgumentException altered) {
            return List.of();
        }
    }

    /** Whether it is of a person. */
    public boolean isOf(Pseudonym name) {
        try {
            return Json.MAPPER
                    .readTree(payload)
                    .path("keys")
                    .valueStream()
                    .anyMatch(key -> KeyId.parse(key.asString(""))
                            .filter(known -> known.pseudonym().equals(name))
                            .isPresent());
        } catch (JacksonException altered) {
            return false;
        }
    }

    /** Whether the payload is what was signed, and tells of this report. */
    public boolean proves(ErasureReport report, VerifyingKey signer) {
        return verify(signer)
                && payload.contains("\"report_sha256\":\"" + sha256(Json.canonical(ErasureJson.of(report))) + "\"");
    }

    /** Whether the payload is what was signed. */
    public boolean verify(VerifyingKey signer) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(signature);
        } catch (IllegalArgumentException altered) {
            return false;
        }
        return key.equals(signer.id()) && signer.verify(payload.getBytes(StandardCharsets.UTF_8), bytes);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
