// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.storage.StorageException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StorageTrialTest {
    @Test
    void whatWorksIsToldAndNothingIsLeft() {
        Broken sound = new Broken();
        assertThat(StorageTrial.of(sound, "archive"))
                .isEqualTo(Finding.of(Level.OK, "archive", "writing, reading and deleting works in a map"));
        assertThat(sound.files).isEmpty();
    }

    @Test
    void whatKeepsFilesIsFine() {
        Broken keeps = new Broken();
        keeps.retains = true;
        assertThat(StorageTrial.of(keeps, "archive"))
                .isEqualTo(Finding.of(
                        Level.OK,
                        "archive",
                        "writing and reading works in a map, which keeps what was written for now"));
    }

    @Test
    void whatWritesOverIsAProblem() {
        Broken careless = new Broken();
        careless.writesOver = true;
        problem(careless, "a file can be written over in a map");
        assertThat(careless.files).isEmpty();
    }

    @Test
    void whatLosesFilesIsAProblem() {
        Broken empties = new Broken();
        empties.empties = true;
        problem(empties, "what was written is not there, or is something else, in a map");
    }

    @Test
    void whatRefusesIsAProblemInItsOwnWords() {
        Broken refuses = new Broken();
        refuses.refuses = true;
        problem(refuses, "no room");
    }

    private static void problem(Storage storage, String told) {
        Finding finding = StorageTrial.of(storage, "archive");
        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
        assertThat(finding.message()).contains(told);
    }

    private static final class Broken implements Storage {
        private final Map<String, byte[]> files = new TreeMap<>();
        private boolean writesOver;
        private boolean empties;
        private boolean refuses;
        private boolean retains;

        @Override
        public void put(String name, Path from) {
            try {
                put(name, Files.readAllBytes(from));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void put(String name, byte[] content) {
            if (refuses) {
                throw new StorageException(Reason.REFUSED, "no room");
            }
            if (files.containsKey(name) && !writesOver) {
                throw new StorageException(Reason.EXISTS, "there");
            }
            files.put(name, empties ? new byte[0] : content);
        }

        @Override
        public void claim(String name, byte[] content) {
            put(name, content);
        }

        @Override
        public InputStream open(String name) {
            return new ByteArrayInputStream(Optional.ofNullable(files.get(name)).orElseThrow());
        }

        @Override
        public List<StoredFile> list(String prefix) {
            return files.entrySet().stream()
                    .filter(file -> file.getKey().startsWith(prefix))
                    .map(file -> new StoredFile(file.getKey(), file.getValue().length, Instant.EPOCH))
                    .toList();
        }

        @Override
        public Deletion delete(String name) {
            boolean gone = !retains && files.keySet().remove(name);
            return gone ? Deletion.GONE : Deletion.RETAINED;
        }

        @Override
        public String describe() {
            return "a map";
        }

        @Override
        public void close() {}
    }
}
