// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.app.ProductSettings;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.privacy.key.KeyRotation;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.key.SubjectKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalKeysTest {
    @TempDir
    private Path folder = Path.of("");

    static Settings settings(Map<String, String> set) {
        return ProductSettings.CATALOG.load(set, Map.of(), Optional.empty());
    }

    private Settings local(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        String ignored = all.put("privacy.keys", folder.resolve("keys").toString());
        return settings(all);
    }

    /** A key is made, and found again by another process. */
    static void requireUsable(Settings settings, Path folder) {
        String made = PersonalKeys.create(settings, folder);
        assertThat(made).startsWith("wrapped by ");
        SubjectId somebody = new SubjectId("somebody");
        int generation;
        try (PersonalKeys keys = PersonalKeys.open(settings).orElseThrow()) {
            generation = ((SubjectKey.Usable)
                            keys.dataKeys().forSealing(keys.pseudonyms().all(somebody)))
                    .key()
                    .id()
                    .generation();
            assertThat(new PersonalKeysCheck(() -> keys).look().ready()).isTrue();
            assertThat(new PersonalKeysCheck(() -> keys).examine())
                    .allMatch(finding -> finding.level() == Level.OK)
                    .hasSize(1);
        }
        try (PersonalKeys again = PersonalKeys.open(settings).orElseThrow()) {
            assertThat(again.dataKeys().forOpening(again.pseudonyms().of(somebody), generation))
                    .isInstanceOf(SubjectKey.Usable.class);
        }
    }

    @Test
    void keysAreMadeInAFolderAndOpenedAgain() {
        requireUsable(local(Map.of()), folder.resolve("keys"));
        assertThat(folder.resolve("keys")).isDirectoryContaining("glob:**/pseudonyms.key");
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(() -> PersonalKeys.create(local(Map.of()), folder.resolve("keys")));
    }

    @Test
    void theirPartsMayBeApart() {
        Settings apart = local(Map.of(
                "privacy.wrapping-key",
                folder.resolve("wrapping").toString(),
                "privacy.store",
                folder.resolve("elsewhere").toString()));
        requireUsable(apart, folder.resolve("keys"));
        assertThat(folder.resolve("keys/wrapping.key")).doesNotExist();
        assertThat(folder.resolve("keys/store")).doesNotExist();
    }

    /** Beside a server that runs, and knows the older version only. */
    @Test
    void keysAreWrappedAnewBesideWhoeverUsesThem() {
        Settings settings = local(Map.of());
        String ignored = PersonalKeys.create(settings, folder.resolve("keys"));
        SubjectId somebody = new SubjectId("somebody");
        try (PersonalKeys keys = PersonalKeys.open(settings).orElseThrow();
                PersonalKeys cold = PersonalKeys.open(settings).orElseThrow()) {
            assertThat(keys.dataKeys().forSealing(keys.pseudonyms().all(somebody)))
                    .isInstanceOf(SubjectKey.Usable.class);
            assertThat(PersonalKeys.rotate(settings, folder.resolve("keys"))).isEqualTo(new KeyRotation.Report(1, 0));
            assertThat(cold.dataKeys().forOpening(cold.pseudonyms().of(somebody), 1))
                    .isInstanceOf(SubjectKey.Usable.class);
        }
        assertThat(PersonalKeys.receiptKey(folder.resolve("keys"))).startsWith("-----BEGIN PUBLIC KEY-----");
    }

    /** What is about nobody is taken meanwhile. */
    @Test
    void aServerStartsWithoutAStoreThatIsAway() throws IOException {
        int nobodyListens;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobodyListens = closed.getLocalPort();
        }
        Path token = Files.writeString(folder.resolve("token"), "a token");
        String ignored = PersonalKeys.create(local(Map.of()), folder.resolve("keys"));
        Settings settings = local(Map.of(
                "privacy.store",
                "vault:secret/contextgraph",
                "privacy.vault",
                "http://127.0.0.1:" + nobodyListens,
                "privacy.vault-token",
                token.toString()));
        try (PersonalKeys keys = PersonalKeys.open(settings).orElseThrow()) {
            assertThat(new PersonalKeysCheck(() -> keys).look().ready()).isFalse();
            assertThatExceptionOfType(KeyServiceException.class)
                    .isThrownBy(
                            () -> keys.dataKeys().forSealing(keys.pseudonyms().all(new SubjectId("somebody"))))
                    .satisfies(away -> assertThat(away.reason()).isEqualTo(KeyServiceException.Reason.UNAVAILABLE));
        }
    }

    @Test
    void withoutASettingThereAreNone() {
        assertThat(PersonalKeys.open(settings(Map.of()))).isEmpty();
    }

    @Test
    void aFolderThatIsNotThereIsNotMadeByOpening() {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(() -> PersonalKeys.open(local(Map.of())))
                .withMessageContaining("contextgraph privacy init");
        assertThat(folder.resolve("keys")).doesNotExist();
    }

    @Test
    void aStoreThatIsGoneIsTold() throws IOException {
        Settings settings = local(Map.of());
        String ignored = PersonalKeys.create(settings, folder.resolve("keys"));
        try (PersonalKeys keys = PersonalKeys.open(settings).orElseThrow()) {
            Files.move(folder.resolve("keys/store"), folder.resolve("away"));
            assertThat(new PersonalKeysCheck(() -> keys).look().ready()).isFalse();
            assertThat(new PersonalKeysCheck(() -> keys).examine())
                    .allMatch(finding -> finding.level() == Level.PROBLEM)
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "privacy.wrapping-key=vault:transit",
                "privacy.wrapping-key=kms:alias/mine",
                "privacy.wrapping-key=kms:",
                "privacy.store=vault:/x",
                "privacy.store=s3://B",
                "privacy.store=ftp://host",
                "privacy.store=vault:secret/contextgraph",
                "privacy.wrapping-key=vault:transit/contextgraph"
            })
    void whatCannotBeMeantIsRefused(String wrong) {
        String key = wrong.substring(0, wrong.indexOf('='));
        Map<String, String> set = Map.of("privacy.keys", "keys", key, wrong.substring(key.length() + 1));
        assertThatExceptionOfType(ConfigurationException.class).isThrownBy(() -> settings(set));
    }

    @Test
    void anotherPlaceNeedsTheFolderOfPseudonymsToo() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> settings(Map.of("privacy.store", "store")))
                .withMessageContaining("privacy.keys");
    }
}
