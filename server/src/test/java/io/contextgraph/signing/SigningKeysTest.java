// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys as text, one behind the other. */
class SigningKeysTest {
    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

    private static SigningKeys one() {
        return new SigningKeys(List.of(SigningKey.generate()), List.of());
    }

    private static List<String> ids(SigningKeys keys) {
        return keys.shown().stream().map(VerifyingKey::id).toList();
    }

    @Test
    void keysAreReadBackWithWhateverStandsBetweenThem() {
        SigningKeys keys = one().rotated().settled().rotated();
        SigningKeys read = SigningKeys.parse("# a word\n" + keys.pem() + "and another\n");
        assertThat(ids(read)).isEqualTo(ids(keys)).hasSize(3);
        assertThat(read.signing()).hasSize(2);
        byte[] signature = read.signing().getFirst().sign(MESSAGE);
        assertThat(keys.shown().getFirst().verify(MESSAGE, signature)).isTrue();
        assertThat(keys.shown().get(1).verify(MESSAGE, signature)).isFalse();
    }

    @Test
    void aRotationAddsAKeyAndAnEndOfItLeavesTheNewest() {
        SigningKeys first = one();
        SigningKeys both = first.rotated();
        assertThat(both.signing()).hasSize(2);
        assertThat(both.signing().get(1).shown())
                .isEqualTo(first.signing().getFirst().shown());
        SigningKeys settled = both.settled();
        assertThat(settled.signing()).hasSize(1);
        assertThat(settled.retired()).containsExactly(first.shown().getFirst());
        assertThat(settled.settled()).isEqualTo(settled);
    }

    @Test
    void theRawKeyIsEnoughToVerify() {
        SigningKey key = SigningKey.generate();
        VerifyingKey raw = VerifyingKey.ofRaw(key.shown().raw());
        assertThat(raw).isEqualTo(key.shown()).hasSameHashCodeAs(key.shown());
        assertThat(raw.verify(MESSAGE, key.sign(MESSAGE))).isTrue();
        assertThat(VerifyingKey.parse(raw.pem())).isEqualTo(raw);
        assertThatThrownBy(() -> VerifyingKey.ofRaw(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNoKeyIsSaidSoWithoutAWordOfIt() {
        SigningKeys keys = one();
        String text = keys.pem();
        String secret = text.substring(0, text.indexOf("-----BEGIN PUBLIC"));
        String shown = text.substring(secret.length());
        for (String wrong : List.of(
                "",
                secret,
                shown,
                secret + secret + shown,
                secret + one().shown().getFirst().pem())) {
            assertThatThrownBy(() -> SigningKeys.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(secret.substring(60, 80));
        }
    }
}
