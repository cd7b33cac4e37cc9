// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.testing.Events;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedFormTest {
    private static final String SUBJECT = "p12_0123456789abcdef0123456789abcdef";

    private static String text(String ciphertext) {
        return "{\"sealed\":1,\"algorithm\":\"XAES-256-GCM\",\"key\":\"" + SUBJECT + ".3\",\"ciphertext\":\""
                + ciphertext + "\"}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAAA", "AAA=", "AA==", "az09+/AZ", "aaaabbbbcccc"})
    void whatIsSealedIsRead(String ciphertext) {
        Payload payload = new Payload(text(ciphertext));
        assertThat(SealedForm.parse(payload)).contains(new SealedForm(new SubjectPseudonym(SUBJECT), 3, payload));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "=",
                "==",
                "====",
                "A",
                "AA",
                "AAA",
                "A===",
                "AA=A",
                "=AAA",
                "AAAAA",
                "AAAA==",
                "AAAA====",
                "AA A",
                "AA-_",
                "AAA\n",
                "AAA\"",
                "AA\u00e9=",
                "AAA\u0661"
            })
    void anotherCiphertextIsNone(String ciphertext) {
        assertThat(SealedForm.parse(new Payload(text(ciphertext)))).isEmpty();
    }

    @Test
    void whatIsCutOrLongerIsNotSealed() {
        String whole = text("AAAABBB=");
        for (int end = 0; end < whole.length(); end++) {
            assertThat(SealedForm.parse(new Payload(whole.substring(0, end)))).isEmpty();
        }
        for (int begin = 1; begin <= whole.length(); begin++) {
            assertThat(SealedForm.parse(new Payload(whole.substring(begin)))).isEmpty();
        }
        assertThat(SealedForm.parse(new Payload(whole + " "))).isEmpty();
        assertThat(SealedForm.parse(new Payload(whole + "\"}"))).isEmpty();
    }

    /** The hash of an event is the same whether its payload is known to be sealed or not. */
    @Test
    void theCanonicalFormIsThatOfJson() {
        Random random = new Random(7);
        for (int length = 1; length < 200; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            Payload payload = new Payload(text(Base64.getEncoder().encodeToString(bytes)));
            String canonical = SealedForm.parse(payload).orElseThrow().canonical();
            assertThat(canonical).isEqualTo(new String(Json.canonical(Json.MAPPER.readTree(payload.json())), UTF_8));
            Event event = Events.event(length, "session").about(SUBJECT, payload);
            assertThat(EventJson.hash(event, canonical)).isEqualTo(EventJson.hash(event));
        }
    }
}
