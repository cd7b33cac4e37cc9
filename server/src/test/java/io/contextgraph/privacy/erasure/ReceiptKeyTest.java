// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.privacy.erasure.ErasureReport.State;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.signing.VerifyingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptKeyTest {
    private static final ErasureReport REPORT = new ErasureReport(
            UUID.fromString("00000000-0000-4000-8000-000000000001"),
            State.DONE,
            List.of(new KeyId(new Pseudonym(2, "1".repeat(32)), 1), new KeyId(new Pseudonym(1, "0".repeat(32)), 3)),
            Instant.parse("2026-03-01T12:00:00.123456Z"),
            Optional.of(Instant.parse("2026-03-01T12:00:01Z")),
            List.of(),
            List.of(
                    new Sweep("keys", 1, "destroyed", List.of(), ""),
                    new Sweep("backups", 200, "left", List.of("200 backups", "\"ü\""), "sealed")));

    @TempDir
    private Path folder;

    @Test
    void whatIsToldIsReadAgain() {
        assertThat(ErasureJson.report(
                        Json.MAPPER.readTree(ErasureJson.of(REPORT).toString())))
                .isEqualTo(REPORT);
        ErasureReport held = REPORT.held(List.of(new SessionId("a session")));
        assertThat(ErasureJson.report(Json.MAPPER.readTree(ErasureJson.of(held).toString())))
                .isEqualTo(held);
        assertThatThrownBy(() -> ErasureJson.report(Json.MAPPER.readTree("{\"id\":1}")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ErasureJson.receipt(Json.MAPPER.readTree("{}")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aReceiptProvesItsReportAndNoOther() {
        ReceiptKey key = ReceiptKey.create(folder.resolve("key"));
        ErasureReceipt receipt = ErasureReceipt.of(REPORT, List.of(), key);
        VerifyingKey shown = VerifyingKey.parse(key.publicKey().pem());
        assertThat(receipt.payload())
                .startsWith("{\"done_at\":\"2026-03-01T12:00:01.000Z\",\"erasure\":"
                        + "\"00000000-0000-4000-8000-000000000001\",\"keys\":[\"p2_");
        assertThat(Json.MAPPER.readTree(receipt.payload()).propertyNames())
                .containsExactly("done_at", "erasure", "keys", "receipt", "report_sha256");
        assertThat(receipt.through()).isEmpty();
        assertThat(receipt.key()).isEqualTo(shown.id()).hasSize(16);
        assertThat(receipt.proves(REPORT, shown)).isTrue();
        assertThat(ErasureJson.receipt(
                        Json.MAPPER.readTree(ErasureJson.of(receipt).toString())))
                .isEqualTo(receipt);
        assertThat(receipt.proves(REPORT.with(new Sweep("keys", 2, "destroyed", List.of(), "")), shown))
                .isFalse();
        ReceiptKey another = ReceiptKey.create(folder.resolve("another"));
        assertThat(receipt.verify(another.publicKey())).isFalse();
        for (ErasureReceipt altered : List.of(
                new ErasureReceipt(
                        receipt.payload().replace(":01.000Z", ":02.000Z"), receipt.key(), receipt.signature()),
                new ErasureReceipt(receipt.payload(), receipt.key(), "AAAA"),
                new ErasureReceipt(receipt.payload(), receipt.key(), "no base64!"),
                new ErasureReceipt(receipt.payload(), another.publicKey().id(), receipt.signature()))) {
            assertThat(altered.verify(shown)).isFalse();
        }
    }

    /** Of several partitions it says where each of them ended, and nobody can say otherwise. */
    @Test
    void aReceiptSaysUpToWhereItIsOfEachPartition() {
        ReceiptKey key = ReceiptKey.create(folder.resolve("key"));
        List<Position> through = List.of(new Position(7, 1, 0), Position.START, new Position(9, 0, 2));
        ErasureReceipt receipt = ErasureReceipt.of(REPORT, through, key);
        assertThat(receipt.payload()).endsWith(",\"through\":\"7-1@0,0-0,9-0@2\"}");
        assertThat(receipt.through()).isEqualTo(through);
        assertThat(receipt.proves(REPORT, key.publicKey())).isTrue();
        ErasureReceipt altered =
                new ErasureReceipt(receipt.payload().replace("7-1@0", "8-1@0"), receipt.key(), receipt.signature());
        assertThat(altered.verify(key.publicKey())).isFalse();
        assertThat(new ErasureReceipt("{\"through\":\"7\"}", receipt.key(), receipt.signature()).through())
                .isEmpty();
        assertThat(new ErasureReceipt("no receipt", receipt.key(), receipt.signature()).through())
                .isEmpty();
    }

    @Test
    void aKeyIsItsOwnersAloneAndIsReadAgain() throws IOException {
        Path file = folder.resolve("deeper/key");
        ReceiptKey key = ReceiptKey.create(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        ReceiptKey read = ReceiptKey.read(file);
        assertThat(read.publicKey().pem()).isEqualTo(key.publicKey().pem());
        assertThat(ErasureReceipt.of(REPORT, List.of(), read).verify(key.publicKey()))
                .isTrue();
        assertThat(read).hasToString("receipt key " + key.publicKey().id());
        assertThatThrownBy(() -> ReceiptKey.create(file))
                .isInstanceOf(KeyServiceException.class)
                .hasMessageContaining("already");
    }

    @Test
    void whatIsNoKeyIsSaidSo() throws IOException {
        Path file = folder.resolve("key");
        assertThatThrownBy(() -> ReceiptKey.read(file))
                .isInstanceOf(KeyServiceException.class)
                .hasMessageContaining("there is no");
        ReceiptKey key = ReceiptKey.create(file);
        String text = Files.readString(file);
        ReceiptKey ignored = ReceiptKey.create(folder.resolve("another"));
        String other = Files.readString(folder.resolve("another"));
        String secret = text.substring(0, text.indexOf("-----BEGIN PUBLIC"));
        for (String wrong : List.of(
                "",
                secret,
                text.replace("PRIVATE KEY-----\n", "PRIVATE KEY-----\nAA"),
                secret + other.substring(other.indexOf("-----BEGIN PUBLIC")))) {
            Files.writeString(file, wrong);
            assertThatThrownBy(() -> ReceiptKey.read(file))
                    .isInstanceOf(KeyServiceException.class)
                    .hasMessageContaining("bring back")
                    .hasMessageNotContaining(secret.substring(100, 120));
        }
        Files.writeString(file, text);
        assertThat(ReceiptKey.read(file).publicKey().id())
                .isEqualTo(key.publicKey().id());
        Path open = Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> ReceiptKey.read(open))
                .isInstanceOf(KeyServiceException.class)
                .hasMessageContaining("chmod 600");
        assertThatThrownBy(() -> VerifyingKey.parse("nothing")).isInstanceOf(IllegalArgumentException.class);
    }
}
