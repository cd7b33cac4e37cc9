// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import io.contextgraph.event.Json;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.vault.VaultClient.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents with versions in Vault's engine KV 2, below one path.
 *
 * <p><b>Source.</b> HashiCorp Vault, KV secrets engine version 2, HTTP API.
 */
final class VaultDocuments {
    private static final String NEVER = "0s";
    private static final int TRIES = 20;
    private static final int REFUSALS = 3;

    private final VaultClient vault;
    private final String mount;
    private final String prefix;

    VaultDocuments(VaultClient vault, String mount, String prefix) {
        this.vault = vault;
        this.mount = mount;
        this.prefix = prefix;
    }

    /**
     * What is there under a name.
     *
     * @param version of the newest; 0 where there never was one since the name was made or destroyed
     * @param data empty where there is none, or the newest was deleted or destroyed
     * @param isDeleted whether somebody deleted the newest, in the way that can be undone
     */
    record Document(int version, Optional<JsonNode> data, boolean isDeleted) {}

    private String path(String kind, String name) {
        return mount + "/" + kind + "/" + prefix + "/" + name;
    }

    /** Refuses a mount that lets everything vanish after a time; one whose settings the token may not read is believed. */
    void requireLasting() {
        Answer answer;
        try {
            answer = vault.repeatably("GET", mount + "/config", null);
        } catch (KeyServiceException forbidden) {
            if (forbidden.reason() == Reason.REFUSED) {
                return;
            }
            throw forbidden;
        }
        String after = answer.data().path("delete_version_after").asString(NEVER);
        if (!after.equals(NEVER)) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "the engine at " + mount + " of " + vault.describe() + " deletes what it keeps after " + after
                            + ", keys and erasures with it: set delete_version_after to " + NEVER);
        }
    }

    Document read(String name) {
        Answer answer = vault.repeatably("GET", path("data", name), null);
        if (answer.status() == VaultClient.INVALID) {
            throw notKv2("does not answer as KV 2");
        }
        JsonNode metadata = answer.data().path("metadata");
        int version = metadata.path("version").asInt(0);
        JsonNode data = answer.data().path("data");
        if (answer.isOk() && (version == 0 || !data.isObject())) {
            throw notKv2("answers without a version");
        }
        boolean isDeleted =
                !answer.isOk() && version > 0 && !metadata.path("destroyed").asBoolean(false);
        return new Document(version, answer.isOk() ? Optional.of(data) : Optional.empty(), isDeleted);
    }

    private KeyServiceException notKv2(String what) {
        return new KeyServiceException(
                Reason.REFUSED,
                "the engine at " + mount + " of " + vault.describe() + " " + what
                        + ": mount KV version 2 there (vault secrets enable -path=" + mount + " kv-v2)");
    }

    /** Writes where the newest version is still {@code version}; which version it became, empty where it was not. */
    Optional<Integer> write(String name, int version, ObjectNode data) {
        ObjectNode request = Json.MAPPER.createObjectNode();
        request.set("data", data);
        request.set("options", Json.MAPPER.createObjectNode().put("cas", version));
        int status = 0;
        for (int i = 0; i < REFUSALS; i++) {
            Answer answer = vault.once("POST", path("data", name), request);
            if (answer.isOk()) {
                return Optional.of(answer.data().path("version").asInt(0));
            }
            // Vault says 400 to another version, and to all else that it does not like.
            if (answer.status() == VaultClient.INVALID && read(name).version() != version) {
                return Optional.empty();
            }
            // Or it was another version for a moment: a name that is made and destroyed begins anew.
            status = answer.status();
        }
        throw notKv2("does not take " + path("data", name) + " (status " + status + ")");
    }

    /** Destroys all versions of a name, and what is known of it, until Vault knows it no more. */
    void destroy(String name) {
        for (int i = 0; i < TRIES; i++) {
            Answer known = vault.repeatably("GET", path("metadata", name), null);
            if (known.status() == VaultClient.MISSING) {
                return;
            }
            ArrayNode versions = Json.MAPPER.createArrayNode();
            known.data().path("versions").propertyNames().forEach(version -> versions.add(Integer.parseInt(version)));
            if (!versions.isEmpty()) {
                ObjectNode request = Json.MAPPER.createObjectNode();
                request.set("versions", versions);
                requireDone(vault.repeatably("PUT", path("destroy", name), request), path("destroy", name));
            }
            requireDone(vault.repeatably("DELETE", path("metadata", name), null), path("metadata", name));
        }
        throw new KeyServiceException(
                Reason.REFUSED,
                path("data", name) + " is still in " + vault.describe() + " after it was destroyed " + TRIES
                        + " times: look who writes it");
    }

    private static void requireDone(Answer answer, String path) {
        if (!answer.isOk()) {
            throw new KeyServiceException(
                    Reason.REFUSED, "Vault does not destroy " + path + " (status " + answer.status() + ")");
        }
    }

    /** Names directly below a name; those of folders end in a slash. */
    List<String> list(String name) {
        Answer answer = vault.repeatably("GET", path("metadata", name) + "?list=true", null);
        if (answer.status() == VaultClient.INVALID) {
            throw notKv2("does not list as KV 2");
        }
        List<String> names = new ArrayList<>();
        for (JsonNode each : answer.data().path("keys")) {
            names.add(each.asString());
        }
        return names;
    }

    String describe() {
        return "KV " + mount + "/" + prefix + " in " + vault.describe();
    }
}
