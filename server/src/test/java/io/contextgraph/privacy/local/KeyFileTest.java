// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("made/pseudonyms.keys");
    }

    private static boolean same(KeyVersions one, KeyVersions other) {
        return one.contains(other) && other.contains(one);
    }

    @Test
    void whatIsMadeIsReadAndItsOwnersAlone() throws IOException {
        KeyVersions made = KeyFile.create(file);
        assertThat(made.versions()).containsExactly(1);
        assertThat(same(KeyFile.read(file), made)).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(DurableFiles.parent(file))))
                .isEqualTo("rwx------");
    }

    @Test
    void aFileIsNeverWrittenOver() {
        KeyVersions made = KeyFile.create(file);
        refused(Reason.REFUSED, "lost for ever", () -> KeyFile.create(file));
        assertThat(same(KeyFile.read(file), made)).isTrue();
    }

    @Test
    void rotationAddsAndKeepsTheRest() throws IOException {
        KeyVersions made = KeyFile.create(file);
        KeyVersions rotated = KeyFile.rotate(file);
        assertThat(rotated.versions()).containsExactly(1, 2);
        assertThat(rotated.contains(made)).isTrue();
        assertThat(same(KeyFile.read(file), rotated)).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(rotated.key(2)).isNotEqualTo(rotated.key(1)).hasSize(32);
    }

    @Test
    void inOneLineItIsTheSame() throws IOException {
        KeyVersions made = KeyFile.create(file);
        KeyVersions both = KeyFile.rotate(file);
        String line = Files.readAllLines(file).stream()
                .filter(text -> !text.startsWith("#"))
                .collect(Collectors.joining(" "));
        assertThat(same(KeyFile.parse(line, "CG_KEYS"), both)).isTrue();
        assertThat(both.contains(made)).isTrue();
        refused(Reason.DAMAGED, "CG_KEYS is empty", () -> KeyFile.parse(" ", "CG_KEYS"));
    }

    @Test
    void whereThereIsNoneItIsSaidWhatToDo() {
        refused(Reason.REFUSED, "bring it back", () -> KeyFile.read(file));
        refused(Reason.REFUSED, "bring it back", () -> KeyFile.rotate(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw-rw-rw-"})
    void whatOthersMayReadOrChangeIsNoSecret(String mode) throws IOException {
        KeyVersions made = KeyFile.create(file);
        Path open = Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        refused(Reason.REFUSED, "chmod 600", () -> KeyFile.read(open));
        Path closed = Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertThat(same(KeyFile.read(closed), made)).isTrue();
    }

    @Test
    void whatIsCutIsNeverReadAsLess() throws IOException {
        KeyVersions made = KeyFile.create(file);
        KeyVersions both = KeyFile.rotate(file);
        String whole = Files.readString(file);
        for (int length = 0; length < whole.length() - 1; length++) {
            rewrite(whole.substring(0, length));
            refused(Reason.DAMAGED, file.toString(), () -> KeyFile.read(file));
        }
        // Without its last line end it says all the same.
        rewrite(whole.substring(0, whole.length() - 1));
        assertThat(same(KeyFile.read(file), both)).isTrue();
        assertThat(both.contains(made)).isTrue();
    }

    @Test
    void whatWasAlteredIsNotRead() throws IOException {
        KeyVersions ignored = KeyFile.create(file);
        String whole = Files.readString(file);
        int from = whole.indexOf("\n1:");
        for (int at = from + 1; at < whole.length() - 1; at++) {
            char other = whole.charAt(at) == '3' ? '4' : '3';
            rewrite(whole.substring(0, at) + other + whole.substring(at + 1));
            refused(Reason.DAMAGED, file.toString(), () -> KeyFile.read(file));
        }
        List<String> lines = whole.lines().toList();
        for (String wrong : List.of(
                lines.get(1) + "\n" + whole,
                whole + lines.get(1),
                whole + "end:1",
                whole.replace("end:1", "end:2"),
                "x".repeat(2 << 20))) {
            rewrite(wrong);
            refused(Reason.DAMAGED, file.toString(), () -> KeyFile.read(file));
        }
    }

    /** The last digit of a key has two bits that stand for nothing. */
    @Test
    void aDigitThatWasAlteredIsNoticedWhereTheKeyIsTheSame() throws IOException {
        byte[] key = new byte[KeyVersions.KEY_BYTES];
        key[key.length - 1] = 0x0d;
        KeyVersions ignored = KeyFile.create(file);
        String whole = KeyFile.text(new KeyVersions(new TreeMap<>(Map.of(1, key))));
        assertThat(whole).contains("A0=:");
        rewrite(whole);
        assertThat(KeyFile.read(file).key(1)).isEqualTo(key);
        rewrite(whole.replace("A0=:", "A3=:"));
        refused(Reason.DAMAGED, file.toString(), () -> KeyFile.read(file));
    }

    private void rewrite(String text) throws IOException {
        Path ignored = Files.write(file, text.getBytes(UTF_8));
    }

    /** A crash while it is written leaves the keys that were there, and the next rotation works. */
    @Test
    void whatACrashHasLeftIsInNobodysWay() throws IOException {
        KeyVersions made = KeyFile.create(file);
        Path part = Files.write(DurableFiles.beside(file, DurableFiles.PART), new byte[] {1});
        assertThat(same(KeyFile.read(file), made)).isTrue();
        assertThat(KeyFile.rotate(file).contains(made)).isTrue();
        assertThat(part).doesNotExist();
    }

    private static void refused(Reason reason, String says, ThrowingCallable call) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .withMessageContaining(says);
    }
}
