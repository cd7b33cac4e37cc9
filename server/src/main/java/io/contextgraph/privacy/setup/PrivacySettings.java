// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which keys seal what is about persons, and where they are. */
public final class PrivacySettings {
    public static final Setting<Optional<Path>> KEYS = Setting.of(
            "privacy.keys",
            "",
            Forms.pathOrNone(),
            "Folder with the keys that seal what is about persons, as `contextgraph privacy init` makes it, away from the data and"
                    + " from its backups; empty: events about persons are refused.");
    public static final Setting<String> WRAPPING_KEY = Setting.of(
            "privacy.wrapping-key",
            "",
            Forms.text(),
            "What wraps the keys of persons: a file; vault:MOUNT/KEY, of Vault's transit engine; kms:id,id, of AWS KMS, the newest"
                    + " last, by ids or ARNs, none of which is ever taken out of its place; empty: "
                    + KeyFolder.WRAPPING
                    + " in privacy.keys.");
    public static final Setting<String> STORE = Setting.of(
            "privacy.store",
            "",
            Forms.text(),
            "Where the wrapped keys are kept, and who was erased: a folder; vault:MOUNT/PATH, of Vault's KV 2; s3://bucket/prefix,"
                    + " reached as s3.* says; empty: " + KeyFolder.STORE + " in privacy.keys.");
    public static final Setting<Optional<String>> VAULT = Setting.of(
            "privacy.vault", "", Forms.address("http", "https"), "Address of Vault, such as https://vault:8200.");
    public static final Setting<Optional<Path>> VAULT_TOKEN = Setting.of(
            "privacy.vault-token",
            "",
            Forms.pathOrNone(),
            "File with the token for Vault, read before each request: an agent of Vault may renew it.");
    public static final Setting<String> VAULT_NAMESPACE =
            Setting.of("privacy.vault-namespace", "", Forms.text(), "Namespace of Vault Enterprise; empty for none.");
    public static final Setting<String> KMS_REGION =
            Setting.of("privacy.kms-region", "us-east-1", Forms.text(), "Region of the keys of AWS KMS.");
    public static final Setting<Optional<String>> KMS_ENDPOINT = Setting.of(
            "privacy.kms-endpoint", "", Forms.address("http", "https"), "Address of KMS; empty for Amazon's.");

    public static final SettingGroup SETTINGS = new SettingGroup(
            List.of(KEYS, WRAPPING_KEY, STORE, VAULT, VAULT_TOKEN, VAULT_NAMESPACE, KMS_REGION, KMS_ENDPOINT),
            PrivacySettings::wrong);

    private PrivacySettings() {}

    private static List<String> wrong(Settings settings) {
        List<String> wrong = new ArrayList<>();
        Optional<WrappingPlace> wrapping = WrappingPlace.parse(settings.get(WRAPPING_KEY));
        Optional<StorePlace> store = StorePlace.parse(settings.get(STORE));
        if (wrapping.isEmpty()) {
            wrong.add(WRAPPING_KEY.key()
                    + " must be a path, vault:MOUNT/KEY, or kms: and ids or ARNs of keys, not aliases");
        }
        if (store.isEmpty()) {
            wrong.add(STORE.key() + " must be a path, vault:MOUNT/PATH, or s3://bucket/prefix");
        }
        boolean vault = wrapping.filter(WrappingPlace.Transit.class::isInstance).isPresent()
                || store.filter(StorePlace.Vault.class::isInstance).isPresent();
        if (vault && (settings.get(VAULT).isEmpty() || settings.get(VAULT_TOKEN).isEmpty())) {
            wrong.add(VAULT.key() + " and " + VAULT_TOKEN.key() + " must say which Vault, and how to get in");
        }
        boolean elsewhere =
                !settings.get(WRAPPING_KEY).isEmpty() || !settings.get(STORE).isEmpty();
        if (elsewhere && settings.get(KEYS).isEmpty()) {
            wrong.add(KEYS.key() + " must name the folder of the key that makes pseudonyms");
        }
        return wrong;
    }
}
