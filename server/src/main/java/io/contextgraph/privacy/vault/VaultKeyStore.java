// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyStoreJson;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.vault.VaultDocuments.Document;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Wrapped keys in Vault's engine KV 2.
 *
 * <p><b>Shape.</b> {@code keys/<two digits>/<pseudonym>.<generation>} below a path of its own, and the
 * {@link VaultErasureLedger}. Every write is a check-and-set.
 *
 * <p><b>Guarantees.</b> To destroy a key is to destroy every version of it and then to delete its metadata, which Vault
 * confirms; the storage of Vault, its snapshots and backups keep what they have, sealed by Vault's own key. A mount whose
 * {@code delete_version_after} is set would let keys vanish, and is refused.
 *
 * <p><b>Errors.</b> As {@link WrappedKeyStore}. A standby of Vault Enterprise that answers by itself may be behind: name the
 * active one, or have standbys forward.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class VaultKeyStore implements WrappedKeyStore {
    private static final String KEYS = "keys";
    private static final int FOLDER_DIGITS = 2;
    private static final int TRIES = 100;

    private final VaultDocuments documents;
    private final VaultErasureLedger erasures;

    private VaultKeyStore(VaultDocuments documents) {
        this.documents = documents;
        this.erasures = new VaultErasureLedger(documents, InstantSource.system());
    }

    /**
     * Makes a store.
     *
     * @param mount of the engine, such as {@code secret}
     * @param prefix a path, such as {@code contextgraph}; nothing else may be below it
     */
    public static VaultKeyStore create(VaultClient vault, String mount, String prefix) {
        VaultDocuments documents = new VaultDocuments(vault, mount, prefix);
        documents.requireLasting();
        VaultErasureLedger.create(documents);
        return new VaultKeyStore(documents);
    }

    /** Opens a store that is there: none is made by mistake where one should be. */
    public static VaultKeyStore open(VaultClient vault, String mount, String prefix) {
        VaultKeyStore store = new VaultKeyStore(new VaultDocuments(vault, mount, prefix));
        store.documents.requireLasting();
        String ignored = store.erasures.revision();
        return store;
    }

    private static String name(KeyId id) {
        return KEYS + "/" + digits(id) + "/" + id;
    }

    private static String digits(KeyId id) {
        return id.pseudonym().digits().substring(0, FOLDER_DIGITS);
    }

    @Override
    public Optional<WrappedKey> find(KeyId id) {
        return key(id, documents.read(name(id)));
    }

    private static Optional<WrappedKey> key(KeyId id, Document document) {
        if (document.isDeleted()) {
            throw new KeyServiceException(
                    Reason.DAMAGED,
                    "the key " + name(id)
                            + " was deleted in Vault, and not by an erasure: undelete it, or erase its subject");
        }
        return document.data()
                .map(json -> KeyStoreJson.readKey(json)
                        .orElseThrow(() -> new KeyServiceException(
                                Reason.DAMAGED,
                                "what Vault has as " + name(id) + " is no wrapped key: bring back what it was")));
    }

    @Override
    public WrappedKey create(KeyId id, WrappedKey key) {
        for (int i = 0; i < TRIES; i++) {
            Document document = documents.read(name(id));
            Optional<WrappedKey> there = key(id, document);
            if (there.isPresent()) {
                return there.get();
            }
            if (documents
                    .write(name(id), document.version(), KeyStoreJson.write(key))
                    .isPresent()) {
                return key;
            }
        }
        throw contended(id);
    }

    private static KeyServiceException contended(KeyId id) {
        return new KeyServiceException(
                Reason.UNAVAILABLE, "the key " + id + " changed all the time while it was written");
    }

    @Override
    public boolean replace(KeyId id, WrappedKey was, WrappedKey key) {
        Document document = documents.read(name(id));
        return key(id, document).filter(was::equals).isPresent()
                && documents
                        .write(name(id), document.version(), KeyStoreJson.write(key))
                        .isPresent();
    }

    @Override
    public void destroy(KeyId id) {
        documents.destroy(name(id));
    }

    @Override
    public List<KeyId> list(Optional<KeyId> after, int limit) {
        List<KeyId> page = new ArrayList<>();
        String first = after.map(VaultKeyStore::digits).orElse("");
        List<String> folders = documents.list(KEYS).stream()
                .filter(folder -> folder.compareTo(first) >= 0)
                .sorted()
                .toList();
        for (String folder : folders) {
            if (page.size() == limit) {
                break;
            }
            documents.list(KEYS + "/" + folder).stream()
                    .map(VaultKeyStore::parse)
                    .filter(id -> after.isEmpty() || id.compareTo(after.get()) > 0)
                    .sorted()
                    .limit(limit - page.size())
                    .forEach(page::add);
        }
        return page;
    }

    private static KeyId parse(String name) {
        return KeyId.parse(name)
                .orElseThrow(() -> new KeyServiceException(
                        Reason.DAMAGED,
                        "something in Vault among the keys is none: " + name
                                + "; take it away: a copy of a key outlives its erasure"));
    }

    @Override
    public ErasureLedger erasures() {
        return erasures;
    }

    @Override
    public String id() {
        return erasures.id();
    }

    @Override
    public String describe() {
        return documents.describe();
    }

    @Override
    public void close() {
        // The client is the caller's.
    }
}
