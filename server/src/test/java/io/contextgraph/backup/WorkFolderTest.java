// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
    @TempDir
    private Path root;

    private List<String> there() throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** As a kill leaves it; whoever comes after may have the same process number. */
    private Path left(String name) throws IOException {
        Path folder = Files.createDirectories(root.resolve(name).resolve("trial"));
        Path ignored = Files.writeString(folder.resolve("dump.rdb"), "half");
        return root.resolve(name);
    }

    @Test
    void whatIsLeftOfAProcessThatIsGoneGoesWithTheNext() throws IOException {
        Path locked = left(UUID.randomUUID().toString());
        Path ignored = Files.createFile(root.resolve(locked.getFileName() + ".lock"));
        ignored = left(UUID.randomUUID().toString());
        ignored = Files.createFile(root.resolve(UUID.randomUUID() + ".lock"));
        ignored = Files.createFile(root.resolve("note"));
        try (WorkFolder folder = WorkFolder.fresh(root)) {
            String name = folder.path().getFileName().toString();
            assertThat(there()).containsExactly(name, name + ".lock", "note");
            assertThat(folder.path()).isEmptyDirectory();
        }
        assertThat(there()).containsExactly("note");
    }

    @Test
    void oneInWhichSomebodyWorksStays() throws IOException {
        try (WorkFolder first = WorkFolder.fresh(root)) {
            Path file = Files.writeString(first.path().resolve("dump.rdb"), "half");
            try (WorkFolder second = WorkFolder.fresh(root)) {
                assertThat(second.path()).isNotEqualTo(first.path());
                assertThat(file).hasContent("half");
            }
            assertThat(file).hasContent("half");
        }
        assertThat(there()).isEmpty();
    }

    /** Several at once come upon the same leftovers, and upon each other's folders. */
    @Test
    void manyAtOnceDoNotStandInEachOthersWay() throws Exception {
        for (int n = 0; n < 200; n++) {
            Path ignored = left(UUID.randomUUID().toString());
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int n = 0; n < 8; n++) {
                all.add(threads.submit(() -> {
                    boolean kept = true;
                    for (int round = 0; round < 50; round++) {
                        try (WorkFolder folder = WorkFolder.fresh(root)) {
                            Path file = Files.writeString(folder.path().resolve("dump.rdb"), "half");
                            kept &= Files.readString(file).equals("half");
                        }
                    }
                    return kept;
                }));
            }
            for (Future<Boolean> each : all) {
                assertThat(each.get()).isTrue();
            }
        }
        assertThat(there()).isEmpty();
    }
}
