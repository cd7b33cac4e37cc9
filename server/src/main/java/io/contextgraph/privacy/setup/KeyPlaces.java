// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import io.contextgraph.config.Settings;
import io.contextgraph.privacy.aws.KmsKeyWrapper;
import io.contextgraph.privacy.aws.KmsSettings;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.local.FileKeyStore;
import io.contextgraph.privacy.local.KeyFile;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.privacy.s3.BucketKeyStore;
import io.contextgraph.privacy.s3.KeyBucketSettings;
import io.contextgraph.privacy.vault.VaultClient;
import io.contextgraph.privacy.vault.VaultKeyStore;
import io.contextgraph.privacy.vault.VaultSettings;
import io.contextgraph.privacy.vault.VaultTransitWrapper;
import io.contextgraph.storage.s3.S3Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens, and makes, what the settings name. */
final class KeyPlaces {
    private final Settings settings;
    private final KeyFolder folder;

    KeyPlaces(Settings settings, KeyFolder folder) {
        this.settings = settings;
        this.folder = folder;
    }

    /** What wraps keys. */
    KeyWrapper wrapper() {
        return switch (wrapping()) {
            case WrappingPlace.Own ignored -> LocalKeyWrapper.ofFile(folder.wrapping());
            case WrappingPlace.File file -> LocalKeyWrapper.ofFile(file.path());
            case WrappingPlace.Transit transit -> new VaultTransitWrapper(vault(), transit.mount(), transit.key());
            case WrappingPlace.Kms kms ->
                new KmsKeyWrapper(KmsSettings.of(
                        kms.keys(),
                        settings.get(PrivacySettings.KMS_REGION),
                        settings.get(PrivacySettings.KMS_ENDPOINT).map(URI::create),
                        Optional.empty()));
        };
    }

    /** The same; a file is made where there is none. */
    KeyWrapper madeWrapper() {
        file().ifPresent(file -> {
            KeyVersions ignored = made(file);
        });
        return wrapper();
    }

    /** The same; a file has a newer key then. What is not a file is rotated where it is. */
    KeyWrapper rotatedWrapper() {
        file().ifPresent(file -> {
            KeyVersions ignored = KeyFile.rotate(file);
        });
        return wrapper();
    }

    private Optional<Path> file() {
        return switch (wrapping()) {
            case WrappingPlace.Own ignored -> Optional.of(folder.wrapping());
            case WrappingPlace.File file -> Optional.of(file.path());
            default -> Optional.empty();
        };
    }

    private WrappingPlace wrapping() {
        return WrappingPlace.parse(settings.get(PrivacySettings.WRAPPING_KEY)).orElseThrow();
    }

    /** The keys of a file, which is made where there is none. */
    static KeyVersions made(Path file) {
        return Files.exists(file) ? KeyFile.read(file) : KeyFile.create(file);
    }

    /** Where wrapped keys are kept; what is not on this machine need not answer yet. */
    WrappedKeyStore store(KeyWrapper wrapper) {
        StorePlace place = place();
        boolean elsewhere = place instanceof StorePlace.Vault || place instanceof StorePlace.Bucket || file().isEmpty();
        return elsewhere
                ? DeferredKeyStore.of(() -> opened(wrapper), "the store of keys, wrapped by " + wrapper.describe())
                : opened(wrapper);
    }

    private WrappedKeyStore opened(KeyWrapper wrapper) {
        return switch (place()) {
            case StorePlace.Own ignored -> FileKeyStore.open(folder.store(), wrapper);
            case StorePlace.Folder other -> FileKeyStore.open(other.path(), wrapper);
            case StorePlace.Vault vault -> VaultKeyStore.open(vault(), vault.mount(), vault.path());
            case StorePlace.Bucket bucket -> BucketKeyStore.open(bucket(bucket), wrapper);
        };
    }

    /** The same, made. */
    WrappedKeyStore madeStore(KeyWrapper wrapper) {
        return switch (place()) {
            case StorePlace.Own ignored -> FileKeyStore.create(folder.store(), wrapper);
            case StorePlace.Folder other -> FileKeyStore.create(other.path(), wrapper);
            case StorePlace.Vault vault -> VaultKeyStore.create(vault(), vault.mount(), vault.path());
            case StorePlace.Bucket bucket -> BucketKeyStore.create(bucket(bucket), wrapper);
        };
    }

    private StorePlace place() {
        return StorePlace.parse(settings.get(PrivacySettings.STORE)).orElseThrow();
    }

    private KeyBucketSettings bucket(StorePlace.Bucket bucket) {
        return KeyBucketSettings.of(bucket.location(), S3Settings.from(settings));
    }

    private VaultClient vault() {
        Path token = settings.get(PrivacySettings.VAULT_TOKEN).orElseThrow();
        return new VaultClient(
                VaultSettings.of(
                        URI.create(settings.get(PrivacySettings.VAULT).orElseThrow()),
                        Optional.of(settings.get(PrivacySettings.VAULT_NAMESPACE))
                                .filter(name -> !name.isBlank()),
                        () -> token(token)),
                HttpClient.newHttpClient());
    }

    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new KeyServiceException(
                    Reason.REFUSED, "the token for Vault cannot be read: " + e + "; see privacy.vault-token", e);
        }
    }
}
