// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import io.contextgraph.config.Settings;
import io.contextgraph.privacy.erasure.ReceiptKey;
import io.contextgraph.privacy.key.DataKeySettings;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.DigestKey;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyRotation;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.Pseudonyms;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.local.KeyFile;
import io.contextgraph.privacy.sealing.PayloadSealer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The keys of a deployment, open.
 *
 * <p><b>Errors.</b> {@link KeyServiceException} that says what to do.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class PersonalKeys implements AutoCloseable {
    private final KeyWrapper wrapper;
    private final WrappedKeyStore store;
    private final Pseudonyms pseudonyms;
    private final DataKeys dataKeys;
    private final PayloadSealer sealer;
    private final ReceiptKey receipts;

    private PersonalKeys(KeyWrapper wrapper, WrappedKeyStore store, Pseudonyms pseudonyms, ReceiptKey receipts) {
        this.receipts = receipts;
        this.wrapper = wrapper;
        this.store = store;
        this.pseudonyms = pseudonyms;
        this.dataKeys = new DataKeys(wrapper, store, DataKeySettings.DEFAULT);
        this.sealer = new PayloadSealer(pseudonyms, dataKeys);
    }

    /** Opens those that are set; empty where none are. */
    public static Optional<PersonalKeys> open(Settings settings) {
        return settings.get(PrivacySettings.KEYS).map(path -> open(settings, new KeyFolder(path)));
    }

    private static PersonalKeys open(Settings settings, KeyFolder folder) {
        if (!Files.isDirectory(folder.path())) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    PrivacySettings.KEYS.key() + " names " + folder.path()
                            + ", where there is nothing: mount it, bring it back, or, where nothing was ever sealed, make it"
                            + " by: contextgraph privacy init");
        }
        Pseudonyms pseudonyms =
                new Pseudonyms(KeyFile.read(folder.pseudonyms()), () -> KeyFile.read(folder.pseudonyms()));
        ReceiptKey receipts = ReceiptKey.read(folder.receipts());
        KeyPlaces places = new KeyPlaces(settings, folder);
        KeyWrapper wrapper = places.wrapper();
        try {
            return new PersonalKeys(wrapper, places.store(wrapper), pseudonyms, receipts);
        } catch (RuntimeException | Error e) {
            wrapper.close();
            throw e;
        }
    }

    /**
     * Makes keys where there are none; what was begun before and broke off goes on.
     *
     * @return what was made, for people
     * @throws KeyServiceException of the reason REFUSED where there is a store of keys already
     */
    public static String create(Settings settings, Path path) {
        KeyFolder folder = new KeyFolder(path);
        KeyPlaces places = new KeyPlaces(settings, folder);
        KeyVersions ignored = KeyPlaces.made(folder.pseudonyms());
        makeReceiptKey(folder.receipts());
        try (KeyWrapper wrapper = places.madeWrapper();
                WrappedKeyStore made = places.madeStore(wrapper)) {
            return "wrapped by " + wrapper.describe() + ", kept in " + made.describe();
        }
    }

    private static void makeReceiptKey(Path file) {
        if (!Files.exists(file)) {
            ReceiptKey ignored = ReceiptKey.create(file);
        }
    }

    /**
     * Wraps all keys of persons by the newest version of what wraps them; where that is a file it has a newer one then. Servers
     * go on meanwhile, and no event is touched.
     */
    public static KeyRotation.Report rotate(Settings settings, Path path) {
        KeyPlaces places = new KeyPlaces(settings, new KeyFolder(path));
        try (KeyWrapper wrapper = places.rotatedWrapper();
                WrappedKeyStore store = places.store(wrapper)) {
            return new KeyRotation(wrapper, store).run();
        }
    }

    /**
     * What makes digests about persons, where keys are set. Nothing else of them is opened: no store of keys need answer.
     */
    public static Optional<DigestKey> digests(Settings settings) {
        return settings.get(PrivacySettings.KEYS)
                .map(path -> new Pseudonyms(KeyFile.read(new KeyFolder(path).pseudonyms())).digests());
    }

    /** The public key by which anybody can check receipts, as PEM. */
    public static String receiptKey(Path path) {
        return ReceiptKey.read(new KeyFolder(path).receipts()).publicKey().pem();
    }

    /** Asks whether keys can be had now; throws where not. */
    void probe() {
        wrapper.probe();
        String ignored = store.erasures().revision();
    }

    /** For people: which keys where, without secrets. */
    String describe() {
        return "wrapped by " + wrapper.describe() + ", kept in " + store.describe();
    }

    /** Looks after them while a server runs. */
    public KeyUpkeep upkeep() {
        return new KeyUpkeep(dataKeys, new KeyErasure(store));
    }

    /** What seals and opens payloads. */
    public PayloadSealer sealer() {
        return sealer;
    }

    /** What signs receipts for erasures. */
    public ReceiptKey receipts() {
        return receipts;
    }

    /** What makes pseudonyms. */
    public Pseudonyms pseudonyms() {
        return pseudonyms;
    }

    /** The keys of persons. */
    public DataKeys dataKeys() {
        return dataKeys;
    }

    /** Where these are kept. */
    public WrappedKeyStore store() {
        return store;
    }

    @Override
    public void close() {
        try (wrapper;
                store) {
            dataKeys.close();
        }
    }
}
