// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a data key among the live objects of a process once it was dropped: nothing. */
class DroppedKeyIT {
    private static final byte[] PLAIN = "said of somebody".getBytes(UTF_8);
    private static final int THREADS = 4;

    /** What turns the needle into the key: the key itself must not be here. */
    private static final byte MASK = 0x5a;

    @TempDir
    private Path folder;

    @Test
    void aDroppedKeyIsInNoLiveObject() throws Exception {
        byte[] masked = masked(RandomKey.bytes());
        DataKey key = DataKey.consume(new KeyId(new Pseudonym(1, "0".repeat(32)), 1), masked(masked));
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            used(threads, key);
            assertThat(copies(masked, "before")).isPositive();
            key.drop();
            // The threads live on, with all that Tink keeps for them.
            assertThat(copies(masked, "after")).isZero();
        }
        assertThat(key.id().generation()).isEqualTo(1);
    }

    private static void used(ExecutorService threads, DataKey key) throws Exception {
        List<Future<Boolean>> ends = new ArrayList<>();
        for (int i = 0; i < THREADS * 10; i++) {
            ends.add(
                    threads.submit(() -> key.open(key.seal(PLAIN, PLAIN), PLAIN).isPresent()));
        }
        for (Future<Boolean> end : ends) {
            assertThat(end.get()).isTrue();
        }
        assertThat(key.open(key.seal(PLAIN, PLAIN), PLAIN)).contains(PLAIN);
    }

    private static byte[] masked(byte[] bytes) {
        byte[] masked = bytes.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] = (byte) (masked[i] ^ MASK);
        }
        return masked;
    }

    /** How often a key stands in a dump of the live objects, as bytes or as the words that a cipher makes of them. */
    private int copies(byte[] masked, String name) throws IOException {
        Path dump = folder.resolve(name + ".hprof");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(dump.toString(), true);
        int copies = 0;
        int matched = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(dump), 1 << 20)) {
            for (int next = in.read(); next >= 0; next = in.read()) {
                // Random bytes do not begin again within themselves.
                if ((byte) (next ^ MASK) == masked[matched]) {
                    matched++;
                } else {
                    matched = (byte) (next ^ MASK) == masked[0] ? 1 : 0;
                }
                if (matched == masked.length) {
                    copies++;
                    matched = 0;
                }
            }
        }
        Files.delete(dump);
        return copies;
    }
}
