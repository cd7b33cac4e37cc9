// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.config.SettingsCatalog;
import io.contextgraph.proof.ProofSettings;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.signing.SigningKey;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WitnessTest {
    private static final SettingsCatalog CATALOG =
            new SettingsCatalog(List.of(ProofSettings.SETTINGS), ignored -> Map.of());
    private static final VerifierKey ONE = key("one.example/w", VerifierKey.Kind.WITNESS);
    private static final VerifierKey TWO = key("two.example/w", VerifierKey.Kind.WITNESS);

    private static VerifierKey key(String name, VerifierKey.Kind kind) {
        return new VerifierKey(name, kind, SigningKey.generate().shown());
    }

    private static Settings load(String witnesses) {
        return load(Map.of("CG_PROOF_WITNESSES", witnesses));
    }

    private static Settings load(Map<String, String> environment) {
        return CATALOG.load(Map.of(), environment, Optional.empty());
    }

    @Test
    void thereAreNoneUnlessSomebodyNamesThem() {
        assertThat(ProofSettings.witnesses(load(Map.of()))).isEmpty();
        assertThat(ProofSettings.witnesses(
                        load(ONE + " https://one.example/a/b/ ,  " + TWO + "   http://127.0.0.1:7380")))
                .containsExactly(
                        new Witness(ONE, URI.create("https://one.example/a/b")),
                        new Witness(TWO, URI.create("http://127.0.0.1:7380")));
        assertThat(Witness.parse(ONE + " https://one.example/a/b/").asked())
                .isEqualTo(URI.create("https://one.example/a/b/add-checkpoint"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "one.example/w",
                "one.example/w https://one.example",
                "one.example/w+00000000+BAAA https://one.example",
                "KEY",
                "KEY https://one.example more",
                "KEY one.example",
                "KEY ftp://one.example",
                "KEY https:///prefix",
                "KEY https://one.example/?log=1",
                "KEY https://one.example/#log",
                "KEY https://one.example/%",
                "KEY ://"
            })
    void nothingElseIsAWitness(String text) {
        assertThatThrownBy(() -> load(text.replace("KEY", ONE.toString())))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("proof.witnesses");
    }

    @Test
    void allThatIsWrongIsSaidAtOnceAndNoPassword() {
        VerifierKey log = key("log.example", VerifierKey.Kind.LOG);
        assertThatThrownBy(() -> load(Map.of(
                        "CG_PROOF_WITNESSES",
                        log + " https://one.example," + ONE + " https://user:secret@one.example," + TWO
                                + " https://two.example," + TWO + " https://other.example",
                        "CG_PROOF_WITNESS_TIMEOUT",
                        "11s")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("this is the key of a log, not of a witness")
                .hasMessageContaining("the address of one.example/w has a login")
                .hasMessageContaining("proof.witnesses has two.example/w twice")
                .hasMessageContaining("proof.witness-timeout must be at most 10s")
                .hasMessageNotContaining("secret");
    }

    @Test
    void thereAreNotTooMany() {
        String many = IntStream.rangeClosed(1, 17)
                .mapToObj(n -> key("w" + n, VerifierKey.Kind.WITNESS) + " https://w.example")
                .collect(Collectors.joining(","));
        assertThatThrownBy(() -> load(many)).hasMessageContaining("has 17 witnesses; there may be 16");
    }

    @ParameterizedTest
    @CsvSource({"99ms, false", "100ms, true", "2s, true", "10s, true", "10001ms, false"})
    void noCheckpointWaitsForLong(String timeout, boolean good) {
        Map<String, String> environment = Map.of("CG_PROOF_WITNESS_TIMEOUT", timeout);
        if (good) {
            assertThat(load(environment).get(ProofSettings.WITNESS_TIMEOUT)).isPositive();
        } else {
            assertThatThrownBy(() -> load(environment)).isInstanceOf(ConfigurationException.class);
        }
    }
}
