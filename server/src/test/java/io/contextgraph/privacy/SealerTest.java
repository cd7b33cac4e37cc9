// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.aead.XAesGcmKey;
import com.google.crypto.tink.util.SecretBytes;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.privacy.key.DataKey;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.TestDataKeys;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealerTest {
    private static final byte[] KEY = HexFormat.of().parseHex("07".repeat(32));
    private static final Pseudonym SUBJECT = new Pseudonym(1, "0123456789abcdef0123456789abcdef");
    private static final EventId EVENT = EventId.of("0198c5f4-0000-7000-8000-000000000001");
    private static final EventId OTHER_EVENT = EventId.of("0198c5f4-0000-7000-8000-000000000002");
    private static final byte[] PLAIN = "{\"name\":\"Alice\"}".getBytes(UTF_8);

    private static DataKey key(Pseudonym subject, int generation) {
        return TestDataKeys.of(new KeyId(subject, generation), KEY);
    }

    private static DataKey key() {
        return key(SUBJECT, 1);
    }

    @Test
    void whatIsSealedIsOpenedAgain() {
        SealedPayload payload = Sealer.seal(key(), EVENT, PLAIN);
        assertThat(payload.subject()).isEqualTo(SUBJECT);
        assertThat(payload.generation()).isEqualTo(1);
        assertThat(payload.ciphertext()).hasSize(PLAIN.length + SealedPayload.OVERHEAD);
        assertThat(Sealer.open(key(), EVENT, SealedPayload.parse(payload.toJson())))
                .isEqualTo(PLAIN);
        byte[] nothing = {};
        assertThat(Sealer.open(key(), EVENT, Sealer.seal(key(), EVENT, nothing)))
                .isEmpty();
    }

    /** 40 bytes: the last digit has four bits that stand for nothing. */
    @Test
    void aDigitThatWasAlteredIsNoticedWhereTheBytesAreTheSame() {
        String json = Sealer.seal(key(), EVENT, new byte[0]).toJson();
        int last = json.indexOf("==") - 1;
        String altered = json.substring(0, last) + (char) (json.charAt(last) + 1) + json.substring(last + 1);
        assertThat(SealedPayload.parse(json).generation()).isEqualTo(1);
        assertThatExceptionOfType(SealBrokenException.class).isThrownBy(() -> SealedPayload.parse(altered));
    }

    @Test
    void sealingTheSameTwiceGivesTwo() {
        assertThat(Sealer.seal(key(), EVENT, PLAIN)).isNotEqualTo(Sealer.seal(key(), EVENT, PLAIN));
    }

    /** By Tink's own way to a key set, and by a hand that writes the associated data anew. */
    @Test
    void whoHasTheKeyOpensItWithoutThisProduct() throws GeneralSecurityException {
        AeadConfig.register();
        Aead independent = KeysetHandle.newBuilder()
                .addEntry(KeysetHandle.importKey(XAesGcmKey.create(
                                PredefinedAeadParameters.XAES_256_GCM_192_BIT_NONCE_NO_PREFIX,
                                SecretBytes.copyFrom(KEY, InsecureSecretKeyAccess.get()),
                                null))
                        .withRandomId()
                        .makePrimary())
                .build()
                .getPrimitive(RegistryConfiguration.get(), Aead.class);
        byte[] belonging = belonging(EVENT.toString(), SUBJECT.toString(), "1");
        assertThat(independent.decrypt(Sealer.seal(key(), EVENT, PLAIN).ciphertext(), belonging))
                .isEqualTo(PLAIN);
        SealedPayload theirs = new SealedPayload(SUBJECT, 1, independent.encrypt(PLAIN, belonging));
        assertThat(Sealer.open(key(), EVENT, theirs)).isEqualTo(PLAIN);
    }

    private static byte[] belonging(String event, String subject, String generation) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String part : List.of("Context Graph payload 1", event, subject, generation)) {
            byte[] bytes = part.getBytes(UTF_8);
            out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    /** So that what is stored today is read for ever. */
    @Test
    void whatWasSealedByTheFirstVersionIsOpened() {
        String stored = "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"" + SUBJECT
                + ".1\",\"ciphertext\":\"iWUzt7Qs9ctHlkzTS1fzCQdHCFqFEBQMcNHskp3WEQMbHT9a6qX7P8vxQ1Kky9nrvFNw7ccfXpw=\"}";
        SealedPayload payload = SealedPayload.parse(stored);
        assertThat(payload.toJson()).isEqualTo(stored);
        assertThat(Sealer.open(key(), EVENT, payload)).isEqualTo(PLAIN);
    }

    @Test
    void everyBitCounts() {
        SealedPayload payload = Sealer.seal(key(), EVENT, PLAIN);
        byte[] ciphertext = payload.ciphertext();
        for (int bit = 0; bit < ciphertext.length * Byte.SIZE; bit++) {
            byte[] altered = ciphertext.clone();
            altered[bit / Byte.SIZE] = (byte) (altered[bit / Byte.SIZE] ^ (1 << (bit % Byte.SIZE)));
            broken(key(), EVENT, new SealedPayload(SUBJECT, 1, altered));
        }
        for (int length = SealedPayload.OVERHEAD; length < ciphertext.length; length++) {
            broken(key(), EVENT, new SealedPayload(SUBJECT, 1, Arrays.copyOf(ciphertext, length)));
        }
    }

    @Test
    void nothingOpensInAnothersPlace() {
        SealedPayload payload = Sealer.seal(key(), EVENT, PLAIN);
        Pseudonym other = new Pseudonym(1, "1123456789abcdef0123456789abcdef");
        Pseudonym renamed = new Pseudonym(2, SUBJECT.digits());
        broken(key(), OTHER_EVENT, payload);
        broken(key(other, 1), EVENT, payload);
        broken(key(renamed, 1), EVENT, payload);
        broken(key(SUBJECT, 2), EVENT, payload);
        // Relabelled, and the same key bytes under the other name.
        broken(key(other, 1), EVENT, new SealedPayload(other, 1, payload.ciphertext()));
        broken(key(renamed, 1), EVENT, new SealedPayload(renamed, 1, payload.ciphertext()));
        broken(key(SUBJECT, 2), EVENT, new SealedPayload(SUBJECT, 2, payload.ciphertext()));
    }

    @Test
    void anotherKeyDoesNotOpen() {
        DataKey lost = TestDataKeys.of(new KeyId(SUBJECT, 1), HexFormat.of().parseHex("08".repeat(32)));
        broken(key(), EVENT, Sealer.seal(lost, EVENT, PLAIN));
    }

    private static void broken(DataKey key, EventId event, SealedPayload payload) {
        assertThatExceptionOfType(SealBrokenException.class)
                .isThrownBy(() -> Sealer.open(key, event, payload))
                .satisfies(e ->
                        assertThat(e.getMessage()).contains(event.toString()).doesNotContain("Alice"));
    }

    /** Of the ledger, which takes no other. */
    @Test
    void theJsonHasTheFormOfTheLedger() {
        SealedPayload payload = new SealedPayload(SUBJECT, 3, new byte[40]);
        String json = payload.toJson();
        assertThat(json)
                .isEqualTo("{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"" + SUBJECT
                        + ".3\",\"ciphertext\":\"" + Base64.getEncoder().encodeToString(new byte[40]) + "\"}");
        SealedForm form = SealedForm.parse(new Payload(json)).orElseThrow();
        assertThat(form.subject()).hasToString(SUBJECT.toString());
        assertThat(form.generation()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "[1]",
                "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"@.1\"}",
                "{\"sealed\":2,\"algorithm\":\"XAES-256-GCM\",\"key\":\"@.1\",\"ciphertext\":\"@\"}",
                "{\"sealed\":1,\"algorithm\":\"NONE\",\"key\":\"@.1\",\"ciphertext\":\"@\"}",
                "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"@.0\",\"ciphertext\":\"@\"}",
                "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"@.1.5\",\"ciphertext\":\"@\"}",
                "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"@\",\"ciphertext\":\"@\"}",
                "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"alice.1\",\"ciphertext\":\"@\"}",
                "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"@.1\",\"ciphertext\":\"AA\"}",
                "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"@.1\",\"ciphertext\":\"?\"}",
                "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"@.1\",\"ciphertext\":\"@\",\"x\":1}",
                "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"@.1\",\"ciphertext\":\"@\""
            })
    void anythingElseIsNoSealedPayload(String text) {
        String json = text.replace(
                        "\"ciphertext\":\"@\"",
                        "\"ciphertext\":\"" + Base64.getEncoder().encodeToString(new byte[40]) + "\"")
                .replace("\"key\":\"@", "\"key\":\"" + SUBJECT);
        assertThatExceptionOfType(SealBrokenException.class)
                .isThrownBy(() -> SealedPayload.parse(json))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("alice"));
    }

    @Test
    void whatIsStoredHasNothingOfThePlainText() {
        Set<String> texts = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            SealedPayload payload = Sealer.seal(key(), EVENT, PLAIN);
            boolean ignored = texts.add(payload.toJson());
            assertThat(payload.toString()).doesNotContain("Alice");
            assertThat(new String(payload.ciphertext(), ISO_8859_1)).doesNotContain("Alice");
        }
        assertThat(texts).hasSize(100).noneMatch(text -> text.contains("Alice"));
    }
}
