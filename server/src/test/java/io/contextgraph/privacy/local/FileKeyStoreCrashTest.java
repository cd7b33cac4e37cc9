// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.testing.TestFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each change broken off at each of its steps, from the same beginning: it has happened or not, and the next one works. */
class FileKeyStoreCrashTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final Pseudonym SUBJECT = new Pseudonym(1, "0123456789abcdef0123456789abcdef");
    private static final KeyId KEY = new KeyId(SUBJECT, 1);
    private static final KeyId OTHER = new KeyId(SUBJECT, 2);

    @TempDir
    private Path temporary;

    private Path folder;
    private final LocalKeyWrapper wrapper = new LocalKeyWrapper(KeyVersions.random(), "a test");

    @BeforeEach
    void make() {
        folder = temporary.resolve("keys");
        FileKeyStore.create(folder, wrapper).close();
    }

    private FileKeyStore open() {
        return FileKeyStore.open(folder, wrapper);
    }

    private static WrappedKey wrapped(String text) {
        return new WrappedKey("test", 1, text);
    }

    private interface Change {
        void run(FileKeyStore store);
    }

    private interface Check {
        void whole(FileKeyStore store, boolean through) throws IOException;
    }

    private int brokenAtEachStep(Change change, Check check) throws IOException {
        Path beginning = temporary.resolve("beginning");
        copy(folder, beginning);
        int steps = 0;
        boolean through = false;
        while (!through) {
            TestFolders.delete(folder);
            copy(beginning, folder);
            FileKeyStore broken = FileKeyStore.open(folder, wrapper, new BreakingFiles(steps));
            try {
                change.run(broken);
                through = true;
            } catch (KeyServiceException brokenOff) {
                assertThat(brokenOff.reason()).isEqualTo(Reason.UNAVAILABLE);
                steps++;
            }
            check.whole(open(), through);
        }
        return steps;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path ignored = Files.copy(each, to.resolve(from.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private void nothingHalfDone() throws IOException {
        assertThat(files()).noneMatch(file -> file.getFileName().toString().startsWith("."));
    }

    private void nothingOf(KeyId id) throws IOException {
        assertThat(files()).noneMatch(file -> file.getFileName().toString().contains(id.toString()));
    }

    @Test
    void aCreation() throws IOException {
        assertThat(open().create(OTHER, wrapped("other"))).isEqualTo(wrapped("other"));
        int steps = brokenAtEachStep(
                store -> assertThat(store.create(KEY, wrapped("new"))).isEqualTo(wrapped("new")), (store, through) -> {
                    Optional<WrappedKey> found = store.find(KEY);
                    assertThat(found.isEmpty() || found.get().equals(wrapped("new")))
                            .isTrue();
                    assertThat(found.isPresent() || !through).isTrue();
                    WrappedKey kept = store.create(KEY, wrapped("again"));
                    assertThat(kept).isEqualTo(found.orElse(wrapped("again")));
                    assertThat(store.find(OTHER)).contains(wrapped("other"));
                    assertThat(store.list(Optional.empty(), 10)).containsExactly(KEY, OTHER);
                    nothingHalfDone();
                });
        assertThat(steps).isGreaterThanOrEqualTo(5);
    }

    @Test
    void aReplacement() throws IOException {
        assertThat(open().create(KEY, wrapped("old"))).isEqualTo(wrapped("old"));
        int steps = brokenAtEachStep(
                store -> assertThat(store.replace(KEY, wrapped("old"), wrapped("new")))
                        .isTrue(),
                (store, through) -> {
                    WrappedKey found = store.find(KEY).orElseThrow();
                    assertThat(found).isIn(wrapped("old"), wrapped("new"));
                    assertThat(!through || found.equals(wrapped("new"))).isTrue();
                    assertThat(store.replace(KEY, found, wrapped("newer"))).isTrue();
                    nothingHalfDone();
                });
        assertThat(steps).isGreaterThanOrEqualTo(5);
    }

    @Test
    void aDestruction() throws IOException {
        assertThat(open().create(KEY, wrapped("old"))).isEqualTo(wrapped("old"));
        assertThat(open().create(OTHER, wrapped("other"))).isEqualTo(wrapped("other"));
        int steps = brokenAtEachStep(store -> store.destroy(KEY), (store, through) -> {
            Optional<WrappedKey> found = store.find(KEY);
            assertThat(found.isEmpty() || found.get().equals(wrapped("old"))).isTrue();
            assertThat(found.isEmpty() || !through).isTrue();
            store.destroy(KEY);
            assertThat(store.find(KEY)).isEmpty();
            nothingOf(KEY);
            assertThat(store.find(OTHER)).contains(wrapped("other"));
        });
        assertThat(steps).isGreaterThanOrEqualTo(4);
    }

    /** What is left half written is a key too, and goes with the other. */
    @Test
    void aDestructionAfterAReplacement() throws IOException {
        assertThat(open().create(KEY, wrapped("old"))).isEqualTo(wrapped("old"));
        int steps = brokenAtEachStep(
                store -> assertThat(store.replace(KEY, wrapped("old"), wrapped("new")))
                        .isTrue(),
                (store, through) -> {
                    store.destroy(KEY);
                    nothingOf(KEY);
                });
        assertThat(steps).isGreaterThanOrEqualTo(5);
    }

    @Test
    void aStepOfAnErasure() throws IOException {
        Erasures none = Erasures.none(SUBJECT);
        Erasures intended = none.with(none.next(AT));
        Erasures done = intended.with(intended.next(AT));
        assertThat(open().erasures().add(none, none.next(AT))).isTrue();
        int steps = brokenAtEachStep(
                store -> assertThat(store.erasures().add(intended, intended.next(AT)))
                        .isTrue(),
                (store, through) -> {
                    Erasures found = store.erasures().find(SUBJECT);
                    assertThat(found).isIn(intended, done);
                    assertThat(!through || found.equals(done)).isTrue();
                    assertThat(store.erasures().add(found, found.next(AT))).isTrue();
                    nothingHalfDone();
                });
        assertThat(steps).isGreaterThanOrEqualTo(5);
    }

    @Test
    void theMakingOfAStore() throws IOException {
        Path fresh = temporary.resolve("fresh");
        boolean made = false;
        int steps = 0;
        while (!made) {
            try {
                FileKeyStore.create(fresh, wrapper, new BreakingFiles(steps)).close();
                made = true;
            } catch (KeyServiceException brokenOff) {
                // Refused is who comes after one that had only to tidy up.
                made = brokenOff.reason() == Reason.REFUSED;
                steps += 3;
            }
        }
        assertThat(steps).isGreaterThan(50);
        try (FileKeyStore store = FileKeyStore.open(fresh, wrapper)) {
            assertThat(store.create(KEY, wrapped("key"))).isEqualTo(wrapped("key"));
        }
    }
}
