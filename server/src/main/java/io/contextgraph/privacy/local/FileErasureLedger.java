// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.event.Json;
import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyStoreJson;
import io.contextgraph.privacy.key.Pseudonym;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map.Entry;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The erasures of a {@link FileKeyStore}.
 *
 * <p><b>Shape.</b> A file for each first digit of pseudonyms, written as a whole; all are made with the store, so that one that
 * is not there is missed. They only grow: one that became shorter was replaced by an older one, which is noticed while a
 * process runs.
 *
 * <p><b>Units and bounds.</b> About 150 bytes for each erased subject, in a file and in memory.
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
        for (char digit : StoreFiles.digits().toCharArray()) {
            files.write(FOLDER + digit, bytes(Collections.emptyNavigableMap()));
        }
    }

    private static byte[] bytes(NavigableMap<Pseudonym, Erasures> all) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        all.forEach((pseudonym, erasures) -> json.set(pseudonym.toString(), KeyStoreJson.write(erasures)));
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** All files are there and whole. */
    void requireWhole() {
        for (char digit : StoreFiles.digits().toCharArray()) {
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
        NavigableMap<Pseudonym, Erasures> all = parsed(name, content);
        if (known != null && !includes(all, known.all())) {
            throw files.damaged(name, "lacks erasures that were in it");
        }
        Shard ignored = shards.put(digit, new Shard(stamp, all));
        return all;
    }

    private static boolean includes(NavigableMap<Pseudonym, Erasures> all, NavigableMap<Pseudonym, Erasures> older) {
        return older.values().stream().allMatch(before -> {
            List<Erasures.Step> steps = all.getOrDefault(before.pseudonym(), Erasures.none(before.pseudonym()))
                    .steps();
            return steps.size() >= before.steps().size();
        });
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

    private NavigableMap<Pseudonym, Erasures> parsed(String name, byte[] content) {
        NavigableMap<Pseudonym, Erasures> all = new TreeMap<>();
        try {
            JsonNode json = Json.MAPPER.readTree(new String(content, StandardCharsets.UTF_8));
            for (Entry<String, JsonNode> entry : json.properties()) {
                Erasures erasures = Pseudonym.parse(entry.getKey())
                        .flatMap(pseudonym -> KeyStoreJson.readErasures(pseudonym, entry.getValue()))
                        .orElseThrow(() -> files.damaged(name, "says something else than erasures"));
                Erasures ignored = all.put(erasures.pseudonym(), erasures);
            }
        } catch (JacksonException other) {
            throw files.damaged(name, "says something else than erasures");
        }
        return Collections.unmodifiableNavigableMap(all);
    }

    private static char digit(Pseudonym pseudonym) {
        return pseudonym.digits().charAt(0);
    }

    @Override
    public Erasures find(Pseudonym pseudonym) {
        return all(digit(pseudonym)).getOrDefault(pseudonym, Erasures.none(pseudonym));
    }

    @Override
    public boolean add(Erasures was, Erasures.Step step) {
        char digit = digit(was.pseudonym());
        Erasures next = was.with(step);
        return files.changing("write", digit, () -> {
            NavigableMap<Pseudonym, Erasures> more = new TreeMap<>(all(digit));
            boolean same = more.getOrDefault(was.pseudonym(), Erasures.none(was.pseudonym()))
                    .equals(was);
            if (same) {
                Erasures ignored = more.put(was.pseudonym(), next);
                files.write(FOLDER + digit, bytes(more));
            }
            return same;
        });
    }

    @Override
    public List<Erasures> list(Optional<Pseudonym> after, int limit) {
        List<Erasures> page = new ArrayList<>();
        for (char digit : StoreFiles.digits().toCharArray()) {
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
        for (char digit : StoreFiles.digits().toCharArray()) {
            Stamp stamp = files.attempt("read", FOLDER + digit, () -> stamp(FOLDER + digit));
            revision.append(stamp.size()).append('-').append(stamp.modified()).append(' ');
        }
        return revision.toString();
    }
}
