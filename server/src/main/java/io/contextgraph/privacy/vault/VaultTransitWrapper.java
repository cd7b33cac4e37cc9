// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import io.contextgraph.event.Json;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.privacy.vault.VaultClient.Answer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Wraps by a key of Vault's engine transit, which never leaves Vault.
 *
 * <p><b>Shape.</b> The ciphertext is Vault's own text, {@code vault:v<version>:<base64>}, with associated data: the key must
 * be of a type that has them, such as {@code aes256-gcm96}.
 *
 * <p><b>Guarantees.</b> Vault's {@code rewrap} knows no associated data; so a key is wrapped anew by unwrapping and wrapping
 * it, and is in this process meanwhile. Vault makes a key of any name that it is asked to encrypt by, where the token may
 * create it: grant {@code update} only, or set {@code disable_upsert}.
 *
 * <p><b>Source.</b> HashiCorp Vault, transit secrets engine, HTTP API.
 */
public final class VaultTransitWrapper implements KeyWrapper {
    private static final Pattern FORM = Pattern.compile("vault:v([1-9][0-9]{0,8}):[A-Za-z0-9+/=]+");
    private static final byte[] TRIAL = {1, 2, 3};

    private final VaultClient vault;
    private final String mount;
    private final String key;

    /**
     * By one key.
     *
     * @param mount of the engine, such as {@code transit}
     * @param key its name
     */
    public VaultTransitWrapper(VaultClient vault, String mount, String key) {
        this.vault = vault;
        this.mount = mount;
        this.key = key;
    }

    private String name() {
        return "vault:" + mount + "/" + key;
    }

    @Override
    public WrappedKey wrap(byte[] dataKey, byte[] associatedData) {
        ObjectNode request = Json.MAPPER
                .createObjectNode()
                .put("plaintext", base64(dataKey))
                .put("associated_data", base64(associatedData));
        Answer answer = vault.repeatably("POST", mount + "/encrypt/" + key, request);
        String ciphertext = answer.data().path("ciphertext").asString("");
        Matcher form = FORM.matcher(ciphertext);
        if (!answer.isOk() || !form.matches()) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "Vault does not encrypt by " + name() + " (status " + answer.status()
                            + "): is the engine transit mounted there, and is the key of type aes256-gcm96?");
        }
        return new WrappedKey(name(), Integer.parseInt(form.group(1)), ciphertext);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public byte[] unwrap(WrappedKey wrapped, byte[] associatedData) {
        if (!wrapped.wrapper().equals(name())) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "a data key was wrapped by " + wrapped.wrapper() + ", and this is " + name()
                            + ": set the wrapper that was used");
        }
        ObjectNode request = Json.MAPPER
                .createObjectNode()
                .put("ciphertext", wrapped.ciphertext())
                .put("associated_data", base64(associatedData));
        Answer answer = vault.repeatably("POST", mount + "/decrypt/" + key, request);
        return decoded(answer).orElseThrow(() -> notOpened(wrapped));
    }

    private static Optional<byte[]> decoded(Answer answer) {
        try {
            return answer.isOk()
                    ? Optional.of(Base64.getDecoder()
                            .decode(answer.data().required("plaintext").stringValue()))
                    : Optional.empty();
        } catch (IllegalArgumentException | JacksonException other) {
            return Optional.empty();
        }
    }

    /** Vault answers the same to all that it does not decrypt; the state of the key says more. */
    private KeyServiceException notOpened(WrappedKey wrapped) {
        JsonNode state = state();
        int version = wrapped.version();
        if (version < state.path("min_decryption_version").asInt(1)
                || version < state.path("min_available_version").asInt(0)
                || version > state.path("latest_version").asInt(0)) {
            return new KeyServiceException(
                    Reason.REFUSED,
                    "a data key was wrapped by version " + version + " of " + name()
                            + ", which Vault does not have or does not allow any more: lower min_decryption_version, or"
                            + " bring the version back");
        }
        return new KeyServiceException(
                Reason.DAMAGED,
                "a wrapped data key cannot be unwrapped by version " + version + " of " + name()
                        + ": it was altered, is of another subject, or that version is another key");
    }

    private JsonNode state() {
        Answer answer = vault.repeatably("GET", mount + "/keys/" + key, null);
        if (!answer.isOk()) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "Vault has no key " + name() + ": make it (vault write -f " + mount + "/keys/" + key
                            + "), or bring it back where something was wrapped by it");
        }
        return answer.data();
    }

    @Override
    public WrappedKey rewrap(WrappedKey wrapped, byte[] associatedData) {
        if (wrapped.wrapper().equals(name())
                && wrapped.version() == state().path("latest_version").asInt(0)) {
            return wrapped;
        }
        byte[] dataKey = unwrap(wrapped, associatedData);
        try {
            return wrap(dataKey, associatedData);
        } finally {
            Arrays.fill(dataKey, (byte) 0);
        }
    }

    @Override
    public void probe() {
        // First, so that a wrong name makes no key.
        JsonNode ignored = state();
        byte[] opened = unwrap(wrap(TRIAL, TRIAL), TRIAL);
        if (!Arrays.equals(opened, TRIAL)) {
            throw new KeyServiceException(Reason.DAMAGED, name() + " does not give back what it wrapped");
        }
    }

    @Override
    public String describe() {
        return name() + " in " + vault.describe();
    }

    @Override
    public void close() {
        // The client is the caller's.
    }
}
