// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy;

import io.contextgraph.privacy.key.ExactBase64;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.SealingKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A payload that only the data key of its subject opens.
 *
 * <p><b>Shape.</b> As JSON, the form in which the ledger takes it: these members in this order, without white space:
 * {@code {"sealed":1,"algorithm":"XAES-256-GCM","key":"<pseudonym>.<generation>","ciphertext":"<base64>"}}.
 *
 * <p><b>Units and bounds.</b> The ciphertext has {@value #OVERHEAD} bytes more than what was sealed.
 */
public final class SealedPayload {
    /** The form that is written; another one is not read. */
    public static final int VERSION = 1;

    /** Nonce and tag. */
    static final int OVERHEAD = 40;

    private static final Pattern FORM =
            Pattern.compile("\\{\"sealed\":([0-9]{1,9}),\"algorithm\":\"([A-Z0-9-]{1,40})\",\"key\":\""
                    + "([^\"]+)\",\"ciphertext\":\"([A-Za-z0-9+/]+={0,2})\"\\}");

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

    /** The JSON form: what is stored, and what hashes are made of. */
    public String toJson() {
        return "{\"sealed\":" + VERSION + ",\"algorithm\":\"" + SealingKey.ALGORITHM + "\",\"key\":\""
                + new KeyId(subject, generation) + "\",\"ciphertext\":\""
                + Base64.getEncoder().encodeToString(ciphertext) + "\"}";
    }

    /**
     * Reads the JSON form.
     *
     * @throws SealBrokenException when it is not one, or of a version that this one does not know
     */
    public static SealedPayload parse(String json) {
        Matcher parts = FORM.matcher(json);
        if (!parts.matches()) {
            throw broken();
        }
        if (!parts.group(1).equals(Integer.toString(VERSION)) || !parts.group(2).equals(SealingKey.ALGORITHM)) {
            throw new SealBrokenException("a sealed payload has another version or algorithm than " + VERSION + " and "
                    + SealingKey.ALGORITHM + ": was it sealed by a newer version of the product?");
        }
        try {
            KeyId key = KeyId.parse(parts.group(3)).orElseThrow(SealedPayload::broken);
            return new SealedPayload(key.pseudonym(), key.generation(), ExactBase64.decode(parts.group(4)));
        } catch (IllegalArgumentException other) {
            throw broken();
        }
    }

    private static SealBrokenException broken() {
        return new SealBrokenException("what should be a sealed payload is cut, or was altered");
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
