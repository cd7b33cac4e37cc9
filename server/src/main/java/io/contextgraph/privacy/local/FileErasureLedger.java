// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.ErasureShards;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.Pseudonym;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The erasures of a {@link FileKeyStore}.
 *
 * <p><b>Shape.</b> A file for each of {@link ErasureShards}, written as a whole. That one became shorter is noticed while a
 * process runs.
 *
 * <p><b>Units and bounds.</b> As they have, in a file and in memory.
 */
final class FileErasureLedger implements ErasureLedger {
    private static final String FOLDER = "erasures/";

    private final StoreFiles files;
    private final ConcurrentMap<Character, Shard> shards = new ConcurrentHashMap<>();

    FileErasureLedger(StoreFiles files) {
        this.files = files;
    }

    /** What was read, and how the file was then. */
    private record Shard(Stamp stamp, NavigableMap<Pseudonym, Erasures> all) {}

    private record Stamp(long size, long modified) {}

    static void create(StoreFiles files) throws IOException {
        for (char digit : ErasureShards.DIGITS.toCharArray()) {
            files.write(FOLDER + digit, ErasureShards.write(ErasureShards.none()));
        }
    }

    /** All files are there and whole. */
    void requireWhole() {
        for (char digit : ErasureShards.DIGITS.toCharArray()) {
            NavigableMap<Pseudonym, Erasures> ignored = all(digit);
        }
    }

    private NavigableMap<Pseudonym, Erasures> all(char digit) {
        String name = FOLDER + digit;
        // Before it is read: what changes meanwhile is read again next time.
        Stamp stamp = files.attempt("read", name, () -> stamp(name));
        Shard known = shards.get(digit);
        if (known != null && known.stamp().equals(stamp)) {
            return known.all();
        }
        byte[] content = files.read(name).orElseThrow(() -> files.damaged(name, "is missing"));
        NavigableMap<Pseudonym, Erasures> all =
                ErasureShards.read(content).orElseThrow(() -> files.damaged(name, "says something else than erasures"));
        if (known != null && !ErasureShards.includes(all, known.all())) {
            throw files.damaged(name, "lacks erasures that were in it");
        }
        Shard ignored = shards.put(digit, new Shard(stamp, all));
        return all;
    }

    private Stamp stamp(String name) throws IOException {
        Path file = files.folder().resolve(name);
        try {
            return new Stamp(
                    Files.size(file),
                    Files.getLastModifiedTime(file).toInstant().toEpochMilli());
        } catch (NoSuchFileException none) {
            files.requireThere();
            throw files.damaged(name, "is missing");
        }
    }

    @Override
    public Erasures find(Pseudonym pseudonym) {
        return ErasureShards.of(all(ErasureShards.digit(pseudonym)), pseudonym);
    }

    @Override
    public boolean add(Erasures was, Erasures.Step step) {
        char digit = ErasureShards.digit(was.pseudonym());
        Erasures next = was.with(step);
        return files.changing("write", digit, () -> {
            NavigableMap<Pseudonym, Erasures> all = all(digit);
            boolean same = ErasureShards.of(all, was.pseudonym()).equals(was);
            if (same) {
                files.write(FOLDER + digit, ErasureShards.write(ErasureShards.with(all, next)));
            }
            return same;
        });
    }

    @Override
    public List<Erasures> list(Optional<Pseudonym> after, int limit) {
        List<Erasures> page = new ArrayList<>();
        for (char digit : ErasureShards.DIGITS.toCharArray()) {
            NavigableMap<Pseudonym, Erasures> all = all(digit);
            NavigableMap<Pseudonym, Erasures> rest =
                    after.map(last -> all.tailMap(last, false)).orElse(all);
            rest.values().stream().limit(limit - page.size()).forEach(page::add);
        }
        return page;
    }

    @Override
    public String revision() {
        StringBuilder revision = new StringBuilder();
        for (char digit : ErasureShards.DIGITS.toCharArray()) {
            Stamp stamp = files.attempt("read", FOLDER + digit, () -> stamp(FOLDER + digit));
            revision.append(stamp.size()).append('-').append(stamp.modified()).append(' ');
        }
        return revision.toString();
    }
}
