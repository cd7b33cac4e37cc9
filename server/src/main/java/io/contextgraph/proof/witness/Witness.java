// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.witness;

import io.contextgraph.proof.note.VerifierKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Somebody who sees that a log only grows.
 *
 * <p><b>Shape.</b> As text {@code <verifier key> <submission prefix>}.
 *
 * <p><b>Source.</b> C2SP tlog-witness.
 *
 * @param key of its cosignatures
 * @param prefix of its addresses, without a slash at its end
 */
public record Witness(VerifierKey key, URI prefix) {
    private static final Pattern TEXT = Pattern.compile("(\\S+)\\s+(\\S+)");
    private static final Set<String> SCHEMES = Set.of("http", "https");

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException that says what is wrong with it; a login that its address has is not quoted
     */
    public static Witness parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a witness is <verifier key> <submission prefix>");
        }
        VerifierKey key = VerifierKey.parse(parts.group(1));
        if (key.kind() != VerifierKey.Kind.WITNESS) {
            throw new IllegalArgumentException("this is the key of a log, not of a witness: " + key);
        }
        return new Witness(key, prefix(parts.group(2), key.name()));
    }

    private static URI prefix(String text, String name) {
        URI prefix = uri(text.replaceFirst("/+$", ""), name);
        if (prefix.getRawUserInfo() != null) {
            throw new IllegalArgumentException("the address of " + name + " has a login, and witnesses ask for none");
        }
        if (!SCHEMES.contains(String.valueOf(prefix.getScheme()))
                || prefix.getHost() == null
                || prefix.getRawQuery() != null
                || prefix.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the address of " + name + " must be such as https://witness.example/prefix");
        }
        return prefix;
    }

    private static URI uri(String text, String name) {
        try {
            return new URI(text);
        } catch (URISyntaxException other) {
            throw new IllegalArgumentException("the address of " + name + " is none", other);
        }
    }

    /** Where it is asked to cosign. */
    URI asked() {
        return URI.create(prefix + "/add-checkpoint");
    }
}
