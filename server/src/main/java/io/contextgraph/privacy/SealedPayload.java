// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy;

import io.contextgraph.event.Json;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SealingKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A payload that only the data key of its subject opens.
 *
 * <p><b>Shape.</b> As JSON, in canonical form: <code>{"alg":"XAES-256-GCM","ciphertext":"&lt;base64&gt;","generation":1,
 * "subject":"p1_...","v":1}</code>. The key is that of {@code subject} in this {@code generation}.
 *
 * <p><b>Units and bounds.</b> The ciphertext has {@value #OVERHEAD} bytes more than what was sealed.
 */
public final class SealedPayload {
    /** The form that is written; another one is not read. */
    public static final int VERSION = 1;

    /** Nonce and tag. */
    static final int OVERHEAD = 40;

    private static final String VERSION_FIELD = "v";
    private static final String ALGORITHM_FIELD = "alg";
    private static final String SUBJECT_FIELD = "subject";
    private static final String GENERATION_FIELD = "generation";
    private static final String CIPHERTEXT_FIELD = "ciphertext";
    private static final Set<String> FIELDS =
            Set.of(VERSION_FIELD, ALGORITHM_FIELD, SUBJECT_FIELD, GENERATION_FIELD, CIPHERTEXT_FIELD);

    private final Pseudonym subject;
    private final int generation;
    private final byte[] ciphertext;

    SealedPayload(Pseudonym subject, int generation, byte[] ciphertext) {
        if (generation < 1) {
            throw new IllegalArgumentException("a generation is 1 or more, not " + generation);
        }
        if (ciphertext.length < OVERHEAD) {
            throw new IllegalArgumentException(
                    "a ciphertext has at least " + OVERHEAD + " bytes, not " + ciphertext.length);
        }
        this.subject = subject;
        this.generation = generation;
        this.ciphertext = ciphertext.clone();
    }

    /** Whom it is about. */
    public Pseudonym subject() {
        return subject;
    }

    /** Of the subject's data key. */
    public int generation() {
        return generation;
    }

    byte[] ciphertext() {
        return ciphertext.clone();
    }

    /** The JSON form, in UTF-8: what is stored, and what hashes are made of. Nothing in it needs an escape. */
    public byte[] toJson() {
        String json = "{\"" + ALGORITHM_FIELD + "\":\"" + SealingKey.ALGORITHM + "\",\"" + CIPHERTEXT_FIELD + "\":\""
                + Base64.getEncoder().encodeToString(ciphertext) + "\",\"" + GENERATION_FIELD + "\":" + generation
                + ",\""
                + SUBJECT_FIELD + "\":\"" + subject + "\",\"" + VERSION_FIELD + "\":" + VERSION + "}";
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads the JSON form.
     *
     * @throws SealBrokenException when it is not one, or of a version that this one does not know
     */
    public static SealedPayload parse(byte[] json) {
        try {
            JsonNode node = Json.MAPPER.readTree(json);
            int version = node.required(VERSION_FIELD).intValue();
            String algorithm = node.required(ALGORITHM_FIELD).stringValue();
            if (version != VERSION || !algorithm.equals(SealingKey.ALGORITHM)) {
                throw new SealBrokenException("a sealed payload has another version or algorithm than " + VERSION
                        + " and " + SealingKey.ALGORITHM + ": was it sealed by a newer version of the product?");
            }
            if (!Set.copyOf(node.propertyNames()).equals(FIELDS)) {
                throw new SealBrokenException("a sealed payload has other fields than "
                        + FIELDS.stream().sorted().toList());
            }
            return new SealedPayload(
                    Pseudonym.of(node.required(SUBJECT_FIELD).stringValue()),
                    node.required(GENERATION_FIELD).intValue(),
                    Base64.getDecoder().decode(node.required(CIPHERTEXT_FIELD).stringValue()));
        } catch (JacksonException | IllegalArgumentException other) {
            throw new SealBrokenException("what should be a sealed payload is cut, or was altered");
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SealedPayload payload
                && subject.equals(payload.subject)
                && generation == payload.generation
                && Arrays.equals(ciphertext, payload.ciphertext);
    }

    @Override
    public int hashCode() {
        return Objects.hash(subject, generation, Arrays.hashCode(ciphertext));
    }

    /** Without the ciphertext. */
    @Override
    public String toString() {
        return "sealed for " + subject + " generation " + generation;
    }
}
