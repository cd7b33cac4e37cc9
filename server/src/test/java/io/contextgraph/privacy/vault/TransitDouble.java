// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import io.contextgraph.event.Json;
import io.contextgraph.privacy.vault.VaultDouble.Reply;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The engine transit of a {@link VaultDouble}: keys of type {@code aes256-gcm96}. */
final class TransitDouble {
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final Map<String, Key> keys = new TreeMap<>();

    private static final class Key {
        private final List<byte[]> versions = new ArrayList<>(List.of(random(32)));
        private int minDecryption = 1;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    Reply answer(String method, String path, JsonNode body) {
        String[] parts = path.split("/", -1);
        String name = parts.length > 1 ? parts[1] : "";
        boolean write = method.equals("POST") || method.equals("PUT");
        try {
            return switch (parts[0]) {
                case "keys" -> keys(write, parts, name, body);
                case "encrypt" -> write ? encrypt(name, body) : unsupported();
                case "decrypt" -> write ? decrypt(name, body, associated(body)) : unsupported();
                case "rewrap" -> write ? rewrap(name, body) : unsupported();
                default -> Reply.error(404);
            };
        } catch (GeneralSecurityException altered) {
            return Reply.error(400, "cipher: message authentication failed");
        } catch (IllegalArgumentException invalid) {
            return Reply.error(400, "invalid ciphertext: could not decode base64");
        }
    }

    private static Reply unsupported() {
        return Reply.error(405, "unsupported operation");
    }

    private Reply keys(boolean write, String[] parts, String name, JsonNode body) {
        if (write && parts.length == 2) {
            Key ignored = keys.computeIfAbsent(name, unknown -> new Key());
            return state(name);
        }
        Key key = keys.get(name);
        if (key == null) {
            return parts.length == 2 ? Reply.error(404) : Reply.error(400, "no existing key named " + name);
        }
        if (parts.length == 3 && parts[2].equals("rotate")) {
            boolean ignored = key.versions.add(random(32));
            return state(name);
        }
        if (parts.length == 3 && parts[2].equals("config")) {
            key.minDecryption = body.path("min_decryption_version").asInt(key.minDecryption);
            return state(name);
        }
        return state(name);
    }

    private Reply state(String name) {
        Key key = keys.get(name);
        if (key == null) {
            return Reply.error(404);
        }
        ObjectNode versions = Json.MAPPER.createObjectNode();
        for (int i = key.minDecryption; i <= key.versions.size(); i++) {
            ObjectNode ignored = versions.put(Integer.toString(i), 1_442_851_412);
        }
        ObjectNode data = Json.MAPPER
                .createObjectNode()
                .put("type", "aes256-gcm96")
                .put("name", name)
                .put("latest_version", key.versions.size())
                .put("min_available_version", 0)
                .put("min_decryption_version", key.minDecryption)
                .put("min_encryption_version", 0)
                .put("exportable", false)
                .put("deletion_allowed", false);
        data.set("keys", versions);
        return Reply.data(data);
    }

    private static byte[] associated(JsonNode body) {
        return Base64.getDecoder().decode(body.path("associated_data").asString(""));
    }

    private Reply encrypt(String name, JsonNode body) throws GeneralSecurityException {
        // As Vault does for whoever may create.
        Key key = keys.computeIfAbsent(name, unknown -> new Key());
        byte[] plain = Base64.getDecoder().decode(body.path("plaintext").asString(""));
        return Reply.data(encrypted(key, plain, associated(body)));
    }

    private static ObjectNode encrypted(Key key, byte[] plain, byte[] associated) throws GeneralSecurityException {
        byte[] nonce = random(NONCE);
        int version = key.versions.size();
        byte[] ciphertext = cipher(Cipher.ENCRYPT_MODE, key.versions.getLast(), nonce, associated)
                .doFinal(plain);
        byte[] all = ByteBuffer.allocate(NONCE + ciphertext.length)
                .put(nonce)
                .put(ciphertext)
                .array();
        return Json.MAPPER
                .createObjectNode()
                .put(
                        "ciphertext",
                        "vault:v" + version + ":" + Base64.getEncoder().encodeToString(all))
                .put("key_version", version);
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce, byte[] associated)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(associated);
        return cipher;
    }

    private Reply decrypt(String name, JsonNode body, byte[] associated) throws GeneralSecurityException {
        Key key = keys.get(name);
        if (key == null) {
            return Reply.error(400, "encryption key not found");
        }
        String text = body.path("ciphertext").asString("");
        String[] parts = text.split(":", 3);
        if (parts.length < 3 || !parts[0].equals("vault") || !parts[1].matches("v[1-9][0-9]*")) {
            return Reply.error(400, "invalid ciphertext: no prefix");
        }
        int version = Integer.parseInt(parts[1].substring(1));
        if (version > key.versions.size()) {
            return Reply.error(400, "invalid ciphertext: version is too new");
        }
        if (version < key.minDecryption) {
            return Reply.error(400, "ciphertext or signature version is disallowed by policy (too old)");
        }
        byte[] all = Base64.getDecoder().decode(parts[2]);
        if (all.length < NONCE) {
            return Reply.error(400, "invalid ciphertext length");
        }
        byte[] nonce = Arrays.copyOf(all, NONCE);
        byte[] plain = cipher(Cipher.DECRYPT_MODE, key.versions.get(version - 1), nonce, associated)
                .doFinal(all, NONCE, all.length - NONCE);
        return Reply.data(Json.MAPPER
                .createObjectNode()
                .put("plaintext", Base64.getEncoder().encodeToString(plain)));
    }

    /** As Vault, which passes no associated data on. */
    private Reply rewrap(String name, JsonNode body) throws GeneralSecurityException {
        Reply opened = decrypt(name, body, new byte[0]);
        Key key = keys.get(name);
        if (opened.status() != 200 || key == null || opened.body() == null) {
            return opened;
        }
        byte[] plain = Base64.getDecoder()
                .decode(opened.body().path("data").path("plaintext").asString(""));
        return Reply.data(encrypted(key, plain, new byte[0]));
    }
}
