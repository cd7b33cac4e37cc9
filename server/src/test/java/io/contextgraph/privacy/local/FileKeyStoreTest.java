// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyRotation;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.key.WrappedKeyStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileKeyStoreTest extends WrappedKeyStoreContract {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    private Path temporary;

    private KeyVersions keys = KeyVersions.random();
    private LocalKeyWrapper wrapper = new LocalKeyWrapper(keys, "a test");

    @Override
    protected WrappedKeyStore connect() {
        return Files.exists(folder()) ? open() : FileKeyStore.create(folder(), wrapper);
    }

    private Path folder() {
        return temporary.resolve("made/keys");
    }

    private FileKeyStore open() {
        return FileKeyStore.open(folder(), wrapper);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder())) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private Path fileOf(KeyId id) throws IOException {
        return files().stream()
                .filter(file -> file.getFileName().toString().equals(id.toString()))
                .findFirst()
                .orElseThrow();
    }

    private Path fileOfErasures() {
        return folder().resolve("erasures/" + pseudonym(1).digits().charAt(0));
    }

    private static void create(FileKeyStore store, KeyId id, WrappedKey key) {
        assertThat(store.create(id, key)).isEqualTo(key);
    }

    private static boolean intend(FileKeyStore store) {
        Erasures none = Erasures.none(pseudonym(1));
        return store.erasures().add(none, none.next(AT));
    }

    @Test
    void whatIsWrittenIsItsOwnersAlone() throws IOException {
        create(open(), id(1), wrapped("key"));
        for (Path file : files()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(DurableFiles.parent(file))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void noStoreIsMadeByMistake() throws IOException {
        Path elsewhere = temporary.resolve("elsewhere");
        refused(Reason.REFUSED, "no store of keys in " + elsewhere, () -> FileKeyStore.open(elsewhere, wrapper));
        assertThat(elsewhere).doesNotExist();
        refused(Reason.REFUSED, "already", () -> FileKeyStore.create(folder(), wrapper));
        Path used = Files.createDirectory(temporary.resolve("used"));
        Path file = Files.createFile(used.resolve("file"));
        refused(Reason.REFUSED, "not empty", () -> FileKeyStore.create(used, wrapper));
        assertThat(file).exists();
        Path disk = Files.createDirectory(temporary.resolve("disk"));
        assertThat(Files.createDirectory(disk.resolve("lost+found"))).exists();
        try (FileKeyStore made = FileKeyStore.create(disk, wrapper)) {
            assertThat(made.list(Optional.empty(), 10)).isEmpty();
        }
    }

    /** The disk is not mounted any more, while a server runs. */
    @Test
    void aFolderThatIsGoneIsNoEmptyStore() throws IOException {
        FileKeyStore store = open();
        create(store, id(1), wrapped("key"));
        Path away = Files.move(folder(), folder().resolveSibling("away"));
        notMounted(store);
        Path empty = Files.createDirectory(folder());
        notMounted(store);
        assertThat(empty).isEmptyDirectory();
        Files.delete(empty);
        Path back = Files.move(away, folder());
        assertThat(back).isEqualTo(folder());
        assertThat(store.find(id(1))).contains(wrapped("key"));
    }

    private static void notMounted(FileKeyStore store) {
        List<ThrowingCallable> calls = List.of(
                () -> store.find(id(1)),
                () -> store.create(id(2), wrapped("key")),
                () -> store.replace(id(1), wrapped("key"), wrapped("other")),
                () -> store.destroy(id(1)),
                () -> store.list(Optional.empty(), 10),
                () -> store.erasures().find(pseudonym(1)),
                () -> store.erasures().revision(),
                () -> intend(store));
        calls.forEach(call -> refused(Reason.UNAVAILABLE, "not mounted", call));
    }

    @Test
    void aKeyThatIsCutOrAlteredIsNamed() throws IOException {
        create(open(), id(1), wrapped("key"));
        Path key = fileOf(id(1));
        byte[] whole = Files.readAllBytes(key);
        for (int length = 0; length < whole.length; length++) {
            rewrite(key, Arrays.copyOf(whole, length));
            refused(Reason.DAMAGED, key.toString(), () -> open().find(id(1)));
        }
        FileKeyStore store = open();
        for (int at = 0; at < whole.length; at++) {
            rewrite(key, flipped(whole, at));
            refused(Reason.DAMAGED, key.toString(), () -> store.find(id(1)));
            refused(Reason.DAMAGED, key.toString(), () -> store.create(id(1), wrapped("other")));
            refused(Reason.DAMAGED, key.toString(), () -> store.replace(id(1), wrapped("key"), wrapped("other")));
        }
        rewrite(key, whole);
        assertThat(store.find(id(1))).contains(wrapped("key"));
    }

    @Test
    void erasuresThatAreCutAlteredOrMissingAreNamed() throws IOException {
        assertThat(intend(open())).isTrue();
        byte[] whole = Files.readAllBytes(fileOfErasures());
        for (int at = 0; at < whole.length; at += 5) {
            rewrite(fileOfErasures(), flipped(whole, at));
            refused(Reason.DAMAGED, fileOfErasures().toString(), this::open);
            rewrite(fileOfErasures(), Arrays.copyOf(whole, at));
            refused(Reason.DAMAGED, fileOfErasures().toString(), this::open);
        }
        rewrite(fileOfErasures(), whole);
        FileKeyStore store = open();
        Files.delete(fileOfErasures());
        refused(Reason.DAMAGED, fileOfErasures() + " is missing", this::open);
        refused(
                Reason.DAMAGED,
                fileOfErasures() + " is missing",
                () -> store.erasures().find(pseudonym(1)));
        refused(
                Reason.DAMAGED,
                fileOfErasures() + " is missing",
                () -> store.erasures().revision());
        rewrite(fileOfErasures(), whole);
        assertThat(store.erasures().find(pseudonym(1)).isOpen()).isFalse();
        rewrite(folder().resolve("store.json"), "{}".getBytes(UTF_8));
        refused(Reason.DAMAGED, "store.json", this::open);
    }

    private static byte[] flipped(byte[] whole, int at) {
        byte[] altered = whole.clone();
        altered[at] = (byte) (altered[at] ^ 0x10);
        return altered;
    }

    private static void rewrite(Path file, byte[] content) throws IOException {
        Path ignored = Files.write(file, content);
    }

    @Test
    void noFileCanStandInAnothersPlace() throws IOException {
        FileKeyStore store = open();
        create(store, id(1), wrapped("first"));
        create(store, id(2), wrapped("second"));
        Path ignored = Files.copy(fileOf(id(1)), fileOf(id(2)), StandardCopyOption.REPLACE_EXISTING);
        refused(Reason.DAMAGED, fileOf(id(2)).toString(), () -> store.find(id(2)));
        Path other = temporary.resolve("other");
        try (FileKeyStore another = FileKeyStore.create(other, wrapper)) {
            create(another, id(1), wrapped("foreign"));
            Path swapped = Files.copy(
                    other.resolve(folder().relativize(fileOf(id(1)))),
                    fileOf(id(1)),
                    StandardCopyOption.REPLACE_EXISTING);
            refused(Reason.DAMAGED, swapped.toString(), () -> store.find(id(1)));
        }
    }

    /** An older copy of a file is whole, but says less. */
    @Test
    void erasuresThatComeBackFromABackupAreNoticedWhileAProcessRuns() throws IOException {
        FileKeyStore store = open();
        byte[] older = Files.readAllBytes(fileOfErasures());
        assertThat(intend(store)).isTrue();
        assertThat(store.erasures().find(pseudonym(1)).isOpen()).isFalse();
        String revision = store.erasures().revision();
        rewrite(fileOfErasures(), older);
        assertThat(store.erasures().revision()).isNotEqualTo(revision);
        refused(Reason.DAMAGED, "lacks erasures", () -> store.erasures().find(pseudonym(1)));
    }

    @Test
    void whatIsDestroyedIsInNoFile() throws IOException {
        FileKeyStore store = open();
        create(store, id(1), wrapped("a-wrapped-key-1"));
        String first = text(fileOf(id(1)));
        assertThat(store.replace(id(1), wrapped("a-wrapped-key-1"), wrapped("a-wrapped-key-2")))
                .isTrue();
        String second = text(fileOf(id(1)));
        assertThat(second).isNotEqualTo(first);
        store.destroy(id(1));
        for (Path left : files()) {
            assertThat(text(left)).doesNotContain("a-wrapped-key", first, second);
            assertThat(left.getFileName().toString()).doesNotContain(id(1).toString());
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), ISO_8859_1);
    }

    @Test
    void aCopyThatSomebodyMadeIsToldOf() throws IOException {
        FileKeyStore store = open();
        KeyId longer = new KeyId(pseudonym(1), 12);
        create(store, id(1), wrapped("key"));
        create(store, longer, wrapped("key"));
        Path copy = Files.copy(fileOf(id(1)), fileOf(id(1)).resolveSibling(id(1) + ".bak"));
        refused(Reason.DAMAGED, copy.toString(), () -> store.list(Optional.empty(), 10));
        refused(Reason.REFUSED, copy.toString(), () -> store.destroy(id(1)));
        assertThat(store.find(id(1))).isEmpty();
        Files.delete(copy);
        store.destroy(id(1));
        assertThat(store.list(Optional.empty(), 10)).containsExactly(longer);
    }

    @Test
    void theStoresOwnKeyIsWrappedAnewToo() {
        FileKeyStore store = open();
        create(store, id(1), wrapped("key"));
        keys = keys.rotated();
        wrapper.renew(keys);
        store.rewrap(wrapper);
        TreeMap<Integer, byte[]> second = new TreeMap<>();
        assertThat(second.put(2, keys.key(2))).isNull();
        wrapper = new LocalKeyWrapper(new KeyVersions(second), "a test");
        assertThat(open().find(id(1))).contains(wrapped("key"));
        store.destroy(id(1));
        assertThat(new KeyRotation(wrapper, open()).run()).isEqualTo(new KeyRotation.Report(0, 0));
        wrapper = new LocalKeyWrapper(KeyVersions.random(), "another");
        refused(Reason.REFUSED, "version 2", this::open);
    }

    private static void refused(Reason reason, String says, ThrowingCallable call) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .withMessageContaining(says);
    }
}
