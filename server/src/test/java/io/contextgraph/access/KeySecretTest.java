// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeySecretTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void hasAFormThatScannersRecognise() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String text = KeySecret.random(random).reveal();
            assertThat(text).matches("cgk_[0-9A-Za-z]{49}");
            assertThat(KeySecret.parse(text).orElseThrow().hash()).isEqualTo(KeyHash.of(text));
            assertThat(seen.add(text)).isTrue();
        }
    }

    /** 256 bits: the last digit of 43 alone does not have all values, every other place has. */
    @Test
    void everyPlaceVaries() {
        Set<String> places = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            String text = KeySecret.random(random).reveal();
            for (int place = 5; place < text.length() - 6; place++) {
                places.add(place + ":" + text.charAt(place));
            }
        }
        assertThat(places).hasSize(42 * 62);
    }

    @Test
    void whatLostOrChangedACharacterIsNone() {
        String text = KeySecret.random(random).reveal();
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'x' ? 'y' : 'x';
            assertThat(KeySecret.parse(text.substring(0, i) + text.substring(i + 1)))
                    .isEmpty();
            assertThat(KeySecret.parse(text.substring(0, i) + other + text.substring(i + 1)))
                    .isEmpty();
        }
        assertThat(KeySecret.parse("")).isEmpty();
        assertThat(KeySecret.parse(text + " ")).isEmpty();
        assertThat(KeySecret.parse(text + "\n")).isEmpty();
        assertThat(KeySecret.parse(text.toUpperCase(java.util.Locale.ROOT))).isEmpty();
    }

    @Test
    void neitherItNorWhatIsKeptOfItTellsTheSecret() {
        KeySecret secret = KeySecret.random(random);
        assertThat(secret).hasToString("cgk_***");
        assertThat(secret.hash().hex()).matches("[0-9a-f]{64}").doesNotContain(secret.reveal());
        assertThat(secret.hash())
                .isEqualTo(KeySecret.parse(secret.reveal()).orElseThrow().hash())
                .isEqualTo(KeyHash.ofHex(secret.hash().hex()))
                .isNotEqualTo(KeySecret.random(random).hash());
    }
}
