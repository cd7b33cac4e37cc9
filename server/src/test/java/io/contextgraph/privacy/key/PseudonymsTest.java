// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PseudonymsTest {
    private static final byte[] FIRST = HexFormat.of().parseHex("01".repeat(32));
    private static final byte[] SECOND = HexFormat.of().parseHex("02".repeat(32));
    private static final SubjectId SUBJECT = new SubjectId("alice@example.org");

    private static KeyVersions keys(Map<Integer, byte[]> keys) {
        return new KeyVersions(new TreeMap<>(keys));
    }

    /** HMAC-SHA256 by another implementation, over the label and the id, each behind its length. */
    @Test
    void aPseudonymIsTheKeyedHashOfTheId() {
        assertThat(new Pseudonyms(keys(Map.of(1, FIRST))).of(SUBJECT))
                .hasToString("p1_6ec6d31611ac2df813358cdca3e96f2a");
    }

    @Test
    void aNewGenerationRenamesNothing() {
        Pseudonyms before = new Pseudonyms(keys(Map.of(1, FIRST)));
        Pseudonym old = before.of(SUBJECT);
        before.renew(keys(Map.of(1, FIRST, 2, SECOND)));
        assertThat(before.of(SUBJECT).generation()).isEqualTo(2);
        assertThat(before.all(SUBJECT)).containsExactly(before.of(SUBJECT), old);
        assertThat(before.of(SUBJECT).digits()).isNotEqualTo(old.digits());
        assertThat(before.generations()).containsExactly(1, 2);
    }

    private static String digest(Pseudonyms of, SubjectId person) {
        return HexFormat.of().formatHex(of.digests().of(person).digest("hello".getBytes(StandardCharsets.UTF_8)));
    }

    /** By another implementation: three times HMAC-SHA256, over a label and the key's purpose, the person, the text. */
    @Test
    void digestsAreKeyedByTheFirstKeyAndThePerson() {
        Pseudonyms first = new Pseudonyms(keys(Map.of(1, FIRST)));
        String expected = "b36312ffe91a9dc0e5aeff0eba8d71e2f7d5591cda5386d60e71cbfba7b2d5b8";
        assertThat(digest(first, SUBJECT))
                .isEqualTo(expected)
                .doesNotContain(first.of(SUBJECT).digits())
                .isNotEqualTo(digest(first, new SubjectId("bob@example.org")))
                .isNotEqualTo(digest(new Pseudonyms(keys(Map.of(1, SECOND))), SUBJECT));
        assertThat(digest(new Pseudonyms(keys(Map.of(1, FIRST, 2, SECOND))), SUBJECT))
                .as("a newer key changes none")
                .isEqualTo(expected);
    }

    @Test
    void serversCanTellWhetherTheyHaveTheSameKeys() {
        Pseudonyms both = new Pseudonyms(keys(Map.of(1, FIRST, 2, SECOND)));
        assertThat(both.fingerprint(1))
                .hasSize(16)
                .isEqualTo(new Pseudonyms(keys(Map.of(1, FIRST))).fingerprint(1))
                .isNotEqualTo(both.fingerprint(2));
    }

    @Test
    void noGenerationMayGetLostOrBecomeAnother() {
        Pseudonyms pseudonyms = new Pseudonyms(keys(Map.of(1, FIRST, 2, SECOND)));
        List<Pseudonym> all = pseudonyms.all(SUBJECT);
        for (KeyVersions other : List.of(keys(Map.of(2, SECOND)), keys(Map.of(1, SECOND, 2, SECOND)))) {
            assertThatExceptionOfType(KeyServiceException.class)
                    .isThrownBy(() -> pseudonyms.renew(other))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
        }
        assertThat(pseudonyms.all(SUBJECT)).isEqualTo(all);
    }

    @Test
    void whatDiffersAtAllIsAnother() {
        Pseudonyms pseudonyms = new Pseudonyms(keys(Map.of(1, FIRST)));
        // The last two are the same letter in two compositions.
        List<String> ids = List.of("alice", "Alice", "alice ", "e\u0301", "\u00e9");
        assertThat(ids.stream().map(SubjectId::new).map(pseudonyms::of)).doesNotHaveDuplicates();
    }

    @Test
    void aSubjectIsNeverShown() {
        assertThat(SUBJECT.toString()).doesNotContain("alice");
        for (String bad : List.of("", "a".repeat(256), "alice\n", "alice\ud83d", "__alice")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new SubjectId(bad))
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("alice"));
        }
        assertThat(new SubjectId("\ud83d\ude00".repeat(255)).value()).hasSize(510);
    }

    @Test
    void theTextFormIsReadBack() {
        Pseudonym pseudonym = new Pseudonym(12, "0123456789abcdef0123456789abcdef");
        assertThat(pseudonym).hasToString("p12_0123456789abcdef0123456789abcdef");
        assertThat(Pseudonym.of(pseudonym.toString())).isEqualTo(pseudonym);
        assertThat(Pseudonym.parse(pseudonym.toString())).contains(pseudonym);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "alice@example.org",
                "p1_0123456789ABCDEF0123456789abcdef",
                "p1_0123456789abcdef0123456789abcde",
                "p1_0123456789abcdef0123456789abcdef0",
                "p0_0123456789abcdef0123456789abcdef",
                "p01_0123456789abcdef0123456789abcdef",
                "p_0123456789abcdef0123456789abcdef",
                "p-1_0123456789abcdef0123456789abcdef",
                "p9999999999_0123456789abcdef0123456789abcdef",
                "P1_0123456789abcdef0123456789abcdef",
                " p1_0123456789abcdef0123456789abcdef",
                "p1_0123456789abcdef0123456789abcdef\n",
                "p\u0661_0123456789abcdef0123456789abcdef"
            })
    void anythingElseIsNone(String text) {
        assertThat(Pseudonym.parse(text)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pseudonym.of(text))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("alice"));
    }
}
