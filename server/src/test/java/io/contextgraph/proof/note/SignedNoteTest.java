// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.note;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.TreeHasher;
import io.contextgraph.signing.SigningKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notes and what they say, as the specifications have them. */
class SignedNoteTest {
    /** The example of the specification of signed notes. */
    private static final String EXAMPLE = """
            This is an example message.

            \u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
            """;

    private static final VerifierKey KEY =
            VerifierKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    private static final SigningKey OWN = SigningKey.generate();
    private static final Hash ROOT = new TreeHasher().leaf(new byte[0]);

    @Test
    void theExampleOfTheSpecificationVerifies() {
        SignedNote note = SignedNote.parse(EXAMPLE);
        assertThat(note.text()).isEqualTo("This is an example message.\n");
        assertThat(note.isSignedBy(KEY)).isTrue();
        assertThat(note.encoded()).isEqualTo(EXAMPLE);
        assertThat(KEY).hasToString("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
        assertThat(SignedNote.parse(EXAMPLE.replace("example message", "example massage"))
                        .isSignedBy(KEY))
                .isFalse();
    }

    @Test
    void everyKeyThatSignsCanBeFoundAgain() {
        SigningKey other = SigningKey.generate();
        SignedNote note = SignedNote.parse(SignedNote.of("text\n\nwith an empty line\n", "log", List.of(OWN, other))
                .encoded());
        assertThat(note.text()).isEqualTo("text\n\nwith an empty line\n");
        for (SigningKey key : List.of(OWN, other)) {
            assertThat(note.isSignedBy(verifier("log", key))).isTrue();
            assertThat(note.isSignedBy(verifier("another", key))).isFalse();
        }
        assertThat(note.isSignedBy(verifier("log", SigningKey.generate()))).isFalse();
        // A second line of a key that knows better than the first.
        SignedNote forged =
                note.with(SignedNote.of("other\n", "log", List.of(OWN)).lines());
        assertThat(forged.isSignedBy(verifier("log", OWN))).isFalse();
    }

    private static VerifierKey verifier(String name, SigningKey key) {
        return new VerifierKey(name, VerifierKey.Kind.LOG, key.shown());
    }

    @Test
    void aWitnessSaysWhenItLooked() {
        LogCheckpoint checkpoint = new LogCheckpoint("log.example/a", 3, ROOT);
        SignedNote note = SignedNote.of(checkpoint.text(), "log.example/a", List.of(OWN));
        SigningKey key = SigningKey.generate();
        VerifierKey witness = new VerifierKey("witness.example", VerifierKey.Kind.WITNESS, key.shown());
        byte[] signature =
                key.sign(("cosignature/v1\ntime 1679315147\n" + checkpoint.text()).getBytes(StandardCharsets.UTF_8));
        String line = "\u2014 witness.example "
                + Base64.getEncoder()
                        .encodeToString(ByteBuffer.allocate(4 + 8 + 64)
                                .putInt(witness.id())
                                .putLong(1_679_315_147L)
                                .put(signature)
                                .array())
                + "\n";
        SignedNote seen = note.with(SignedNote.lines(line));
        assertThat(seen.witnessedBy(witness)).contains(Instant.ofEpochSecond(1_679_315_147L));
        assertThat(note.witnessedBy(witness)).isEmpty();
        assertThat(seen.isSignedBy(verifier("log.example/a", OWN))).isTrue();
        SignedNote other = SignedNote.of(
                        new LogCheckpoint("log.example/a", 4, ROOT).text(), "log.example/a", List.of(OWN))
                .with(SignedNote.lines(line));
        assertThat(other.witnessedBy(witness)).isEmpty();
        assertThat(VerifierKey.parse(witness.toString())).isEqualTo(witness);
    }

    @Test
    void aCheckpointIsReadBack() {
        LogCheckpoint checkpoint = new LogCheckpoint("log.example/a", 20_852_163, ROOT);
        assertThat(LogCheckpoint.parse(checkpoint.text())).isEqualTo(checkpoint);
        assertThat(LogCheckpoint.parse(checkpoint.text() + "what others may add\n"))
                .isEqualTo(checkpoint);
        assertThat(checkpoint.text()).isEqualTo("log.example/a\n20852163\n" + ROOT.base64() + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "log\n3\n",
                "log\n03\nR\n",
                "log\n-1\nR\n",
                "log\n3\nAAAA\n",
                "\n3\nR\n",
                "log\n3\nR",
                "log\n3\nR\n\n",
                "log\n99999999999999999999\nR\n"
            })
    void nothingElseIsACheckpoint(String text) {
        assertThatThrownBy(() -> LogCheckpoint.parse(text.replace("R", ROOT.base64())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text",
                "text\n",
                "text\n\n",
                "text\n\nname AAAAAAAA\n",
                "text\n\n\u2014 name\n",
                "text\n\n\u2014 name AAAA\n",
                "text\n\n\u2014 name AAAAA*AA\n",
                "text\n\n\u2014 name AAAAAAAA",
                "te\tt\n\n\u2014 name AAAAAAAA\n",
                "te\r\n\n\u2014 name AAAAAAAA\n"
            })
    void nothingElseIsANote(String text) {
        assertThatThrownBy(() -> SignedNote.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "name",
                "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U",
                "example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
            })
    void nothingElseIsAVerifierKey(String text) {
        assertThatThrownBy(() -> VerifierKey.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
