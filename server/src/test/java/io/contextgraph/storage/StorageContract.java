// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.storage.Storage.Deletion;
import io.contextgraph.storage.StorageException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link Storage} does. */
public abstract class StorageContract {
    private static final int LARGE = 3 << 20;

    @TempDir
    private Path local;

    private Storage storage;

    /** Another one on the same files, as another process has it; the files are there for one test. */
    protected abstract Storage connect();

    /** Whether of two that write the same name at the same instant one does: a server of tests may only look before it writes. */
    protected boolean decidesRaces() {
        return true;
    }

    @BeforeEach
    void connectOnce() {
        storage = connect();
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void whatIsPutIsReadByAnyOther() throws IOException {
        byte[] large = new byte[LARGE];
        new Random(1).nextBytes(large);
        put("large.bin", large);
        put("empty", new byte[0]);
        put("deep/down/a-b_c.d=e+f", "text".getBytes(UTF_8));
        try (Storage other = connect()) {
            assertThat(read(other, "large.bin")).isEqualTo(large);
            assertThat(read(other, "empty")).isEmpty();
            assertThat(read(other, "deep/down/a-b_c.d=e+f")).isEqualTo("text".getBytes(UTF_8));
        }
    }

    @Test
    void whatIsInMemoryIsPutLikeAFile() throws IOException {
        byte[] text = "text".getBytes(UTF_8);
        storage.put("deep/in-memory", text);
        storage.put("deep/nothing", new byte[0]);
        refused(Reason.EXISTS, () -> storage.put("deep/in-memory", text));
        refused(Reason.EXISTS, () -> put("deep/in-memory", text));
        refused(Reason.REFUSED, () -> storage.put("../out", text));
        try (Storage other = connect()) {
            assertThat(read(other, "deep/in-memory")).isEqualTo(text);
            assertThat(read(other, "deep/nothing")).isEmpty();
            assertThat(names("")).containsExactly("deep/in-memory", "deep/nothing");
        }
    }

    @Test
    void aFileCanBeReadInPartAndByTwoAtATime() throws IOException {
        put("file", "0123456789".getBytes(UTF_8));
        try (InputStream first = storage.open("file");
                InputStream second = storage.open("file")) {
            assertThat(first.readNBytes(3)).isEqualTo("012".getBytes(UTF_8));
            assertThat(second.readNBytes(5)).isEqualTo("01234".getBytes(UTF_8));
            assertThat(first.readAllBytes()).isEqualTo("3456789".getBytes(UTF_8));
        }
    }

    @Test
    void nothingIsWrittenOver() throws IOException {
        put("a/file", "first".getBytes(UTF_8));
        refused(Reason.EXISTS, () -> put("a/file", "second".getBytes(UTF_8)));
        try (Storage other = connect()) {
            refused(Reason.EXISTS, () -> other.put("a/file", file("third".getBytes(UTF_8))));
        }
        assertThat(read(storage, "a/file")).isEqualTo("first".getBytes(UTF_8));
        assertThat(names("")).containsExactly("a/file");
    }

    @Test
    void whatIsClaimedIsThereAndClaimedByNobodyElse() throws IOException {
        storage.claim("deep/claim", "first".getBytes(UTF_8));
        refused(Reason.REFUSED, () -> storage.claim("../out", new byte[0]));
        try (Storage other = connect()) {
            refused(Reason.EXISTS, () -> other.claim("deep/claim", "second".getBytes(UTF_8)));
            refused(Reason.EXISTS, () -> other.put("deep/claim", "third".getBytes(UTF_8)));
            assertThat(read(other, "deep/claim")).isEqualTo("first".getBytes(UTF_8));
            assertThat(names("")).containsExactly("deep/claim");
        }
    }

    @Test
    void ofManyThatWriteANameOneDoes() throws Exception {
        contest((own, content) -> own.put("contested", file(content)));
    }

    @Test
    void ofManyThatClaimANameOneDoes() throws Exception {
        contest((own, content) -> own.claim("contested", content));
    }

    private interface Writing {
        void write(Storage own, byte[] content) throws IOException;
    }

    private void contest(Writing writing) throws Exception {
        int writers = 8;
        List<byte[]> contents = new ArrayList<>();
        List<Callable<Optional<Reason>>> calls = new ArrayList<>();
        for (int n = 0; n < writers; n++) {
            byte[] content = Integer.toString(n).repeat(100_000).getBytes(UTF_8);
            contents.add(content);
            calls.add(() -> {
                try (Storage own = connect()) {
                    writing.write(own, content);
                    return Optional.empty();
                } catch (StorageException e) {
                    return Optional.of(e.reason());
                }
            });
        }
        List<byte[]> written = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            List<Future<Optional<Reason>>> ends = threads.invokeAll(calls);
            for (int n = 0; n < writers; n++) {
                if (ends.get(n).get().isEmpty()) {
                    written.add(contents.get(n));
                } else {
                    assertThat(ends.get(n).get()).contains(Reason.EXISTS);
                }
            }
        }
        assertThat(written).isNotEmpty();
        if (decidesRaces()) {
            assertThat(written).hasSize(1);
        }
        byte[] there = read(storage, "contested");
        assertThat(written).anySatisfy(content -> assertThat(there).isEqualTo(content));
        assertThat(names("")).containsExactly("contested");
    }

    @Test
    void whatIsNotThereIsMissing() throws IOException {
        put("there", new byte[1]);
        put("folder/there", new byte[1]);
        refused(Reason.MISSING, () -> storage.open("not-there"));
        refused(Reason.MISSING, () -> storage.open("folder/not-there"));
        refused(Reason.MISSING, () -> storage.open("folder"));
        refused(Reason.MISSING, () -> storage.open("there/below"));
    }

    @Test
    void filesAreListedByTheBeginningOfTheirNames() throws IOException {
        assertThat(storage.list("")).isEmpty();
        for (String name : List.of("b", "a/2", "a/10", "a-z", "a/1/x", "ab/1", "Z", "a.b")) {
            put(name, name.getBytes(UTF_8));
        }
        assertThat(names("")).containsExactly("Z", "a-z", "a.b", "a/1/x", "a/10", "a/2", "ab/1", "b");
        assertThat(names("a")).containsExactly("a-z", "a.b", "a/1/x", "a/10", "a/2", "ab/1");
        assertThat(names("a/")).containsExactly("a/1/x", "a/10", "a/2");
        assertThat(names("a/1")).containsExactly("a/1/x", "a/10");
        assertThat(names("a/1/")).containsExactly("a/1/x");
        assertThat(names("a/1/x")).containsExactly("a/1/x");
        assertThat(names("a/1/x/")).isEmpty();
        assertThat(names("c")).isEmpty();
        assertThat(names("c/d")).isEmpty();
        assertThat(storage.list("a/10")).singleElement().satisfies(file -> {
            assertThat(file.bytes()).isEqualTo(4);
            assertThat(file.modified()).isNotNull();
        });
    }

    @Test
    void whatIsTakenAwayIsGoneAndItsNameFree() throws IOException {
        put("x/file", "first".getBytes(UTF_8));
        put("x/other", "other".getBytes(UTF_8));
        assertThat(storage.delete("x/file")).isEqualTo(Deletion.GONE);
        assertThat(storage.delete("x/file")).isEqualTo(Deletion.GONE);
        assertThat(storage.delete("never/was")).isEqualTo(Deletion.GONE);
        assertThat(storage.delete("x")).isEqualTo(Deletion.GONE);
        refused(Reason.MISSING, () -> storage.open("x/file"));
        assertThat(names("")).containsExactly("x/other");
        put("x/file", "second".getBytes(UTF_8));
        assertThat(read(storage, "x/file")).isEqualTo("second".getBytes(UTF_8));
    }

    @Test
    void aFileThatCannotBeReadIsNotStored() {
        refused(Reason.REFUSED, () -> storage.put("file", local.resolve("none")));
        assertThat(storage.list("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/etc/passwd",
                "..",
                "../x",
                "a/../x",
                "a/..",
                "a/./b",
                ".",
                ".hidden",
                "a/.hidden",
                "a//b",
                "a/",
                "a\\b",
                "C:\\x",
                "a b",
                "a\n",
                "a\u0000b",
                "a%2e%2e",
                "~",
                "é"
            })
    void namesThatLeadElsewhereAreRefused(String name) throws IOException {
        Path from = file(new byte[1]);
        refused(Reason.REFUSED, () -> storage.put(name, from));
        refused(Reason.REFUSED, () -> storage.open(name));
        refused(Reason.REFUSED, () -> storage.delete(name));
        if (!name.isEmpty() && !name.equals("a/")) {
            refused(Reason.REFUSED, () -> storage.list(name));
        }
        assertThat(storage.list("")).isEmpty();
    }

    @Test
    void longNamesAreRefused() throws IOException {
        String longest = String.join("/", "a".repeat(200), "b".repeat(200), "c".repeat(198));
        put(longest, new byte[1]);
        assertThat(names("")).containsExactly(longest);
        refused(Reason.REFUSED, () -> storage.open(longest + "c"));
        refused(Reason.REFUSED, () -> storage.open("a".repeat(201)));
    }

    @Test
    void itSaysWhereItIs() {
        assertThat(storage.describe()).isNotBlank();
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private List<String> names(String prefix) {
        return storage.list(prefix).stream().map(StoredFile::name).toList();
    }

    private void put(String name, byte[] content) throws IOException {
        storage.put(name, file(content));
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(Files.createTempFile(local, "from", ""), content);
    }

    private static byte[] read(Storage from, String name) throws IOException {
        try (InputStream in = from.open(name)) {
            return in.readAllBytes();
        }
    }
}
