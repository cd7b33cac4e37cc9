// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.testing.Extent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one store, and many keys in it. */
class FileKeyStoreIT {
    private static final int KEYS = Extent.KEPT_KEYS.value();
    private static final int CONTESTED = 200;
    private static final int THREADS = 8;

    @TempDir
    private Path temporary;

    private Path keys;
    private Path folder;
    private LocalKeyWrapper wrapper;

    @BeforeEach
    void make() {
        keys = temporary.resolve("wrapping.keys");
        folder = temporary.resolve("store");
        wrapper = new LocalKeyWrapper(KeyFile.create(keys), "a test");
        FileKeyStore.create(folder, wrapper).close();
    }

    @Test
    void ofTwoProcessesThatCreateAKeyBothUseTheSame() throws IOException {
        List<String> winners = new ArrayList<>();
        int erasures = 0;
        try (KeyStoreProcess one = KeyStoreProcess.start("one", keys, folder, CONTESTED);
                KeyStoreProcess two = KeyStoreProcess.start("two", keys, folder, CONTESTED)) {
            one.go();
            two.go();
            for (int i = 0; i < CONTESTED; i++) {
                String[] first = one.line().split(" ", 2);
                String[] second = two.line().split(" ", 2);
                assertThat(second[0]).isEqualTo(first[0]);
                winners.add(first[0]);
                assertThat(first[1].equals("true") && second[1].equals("true")).isFalse();
                erasures += first[1].equals("true") || second[1].equals("true") ? 1 : 0;
            }
        }
        try (FileKeyStore store = FileKeyStore.open(folder, wrapper)) {
            for (int i = 0; i < CONTESTED; i++) {
                assertThat(store.find(new KeyId(KeyStoreProcess.pseudonym(i), 1)))
                        .contains(new WrappedKey("test", 1, winners.get(i)));
            }
            assertThat(store.list(Optional.empty(), CONTESTED + 1)).hasSize(CONTESTED);
            assertThat(store.erasures().list(Optional.empty(), CONTESTED))
                    .hasSize(erasures)
                    .hasSize(CONTESTED / 10);
        }
    }

    /** A process that is killed holds no lock any more, and what it said is there. */
    @Test
    void aProcessThatIsKilledHoldsUpNobody() throws IOException, InterruptedException {
        for (int round = 1; round <= 5; round++) {
            int said = 0;
            try (KeyStoreProcess process = KeyStoreProcess.start("round-" + round, keys, folder, 100_000)) {
                process.go();
                for (; said < 37 * round; said++) {
                    assertThat(process.line()).isNotEmpty();
                }
                process.kill();
            }
            try (FileKeyStore store = FileKeyStore.open(folder, wrapper)) {
                for (int i = 0; i < said; i++) {
                    KeyId id = new KeyId(KeyStoreProcess.pseudonym(i), 1);
                    assertThat(store.find(id)).isPresent();
                    assertThat(store.erasures().find(id.pseudonym()).isOpen()).isEqualTo(i % 10 != 0);
                }
                KeyId next = new KeyId(KeyStoreProcess.pseudonym(200_000 + round), 1);
                WrappedKey key = new WrappedKey("test", 1, "next");
                assertThat(store.create(next, key)).isEqualTo(key);
            }
        }
    }

    private static List<Boolean> createdByManyThreads(FileKeyStore store, WrappedKey wrapped) throws Exception {
        List<Boolean> made = new ArrayList<>();
        List<Future<Boolean>> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < KEYS; i++) {
                KeyId id = new KeyId(KeyStoreProcess.pseudonym(i), 1);
                ends.add(threads.submit(() -> store.create(id, wrapped).equals(wrapped)));
            }
            for (Future<Boolean> end : ends) {
                made.add(end.get());
            }
        }
        return made;
    }

    @Test
    void manyKeysAreKept() throws Exception {
        try (FileKeyStore store = FileKeyStore.open(folder, wrapper)) {
            byte[] dataKey = new byte[KeyVersions.KEY_BYTES];
            WrappedKey wrapped = wrapper.wrap(dataKey, new byte[0]);
            long begun = System.nanoTime();
            List<Boolean> made = createdByManyThreads(store, wrapped);
            long created = System.nanoTime();
            for (int i = 0; i < KEYS; i++) {
                assertThat(store.find(new KeyId(KeyStoreProcess.pseudonym(i), 1)))
                        .contains(wrapped);
            }
            long found = System.nanoTime();
            int listed = 0;
            Optional<KeyId> after = Optional.empty();
            List<KeyId> page;
            do {
                page = store.list(after, 1_000);
                listed += page.size();
                after = page.isEmpty() ? after : Optional.of(page.getLast());
            } while (page.size() == 1_000);
            long ended = System.nanoTime();
            assertThat(made).hasSize(KEYS).containsOnly(true);
            assertThat(listed).isEqualTo(KEYS);
            System.out.printf(
                    "%,d keys in files: %.2f ms to create one by %d threads, %.3f ms to find one, %d ms to list all%n",
                    KEYS,
                    (created - begun) / 1e6 / KEYS,
                    THREADS,
                    (found - created) / 1e6 / KEYS,
                    Duration.ofNanos(ended - found).toMillis());
        }
    }
}
