// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.local;

import io.contextgraph.event.Json;
import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.ErasureShards;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyStoreJson;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.StoreHead;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.privacy.key.WrappedKeyStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Wrapped keys in a folder of this machine, or of a disk that several share.
 *
 * <p><b>Shape.</b> {@code store.json} says which store it is, and has its own key, wrapped. {@code keys/<two digits>/} has a
 * file for each key, {@code erasures/} the {@link FileErasureLedger}, {@code locks/} nothing but locks. Each file is sealed by
 * the store's own key.
 *
 * <p><b>Units and bounds.</b> A block of the disk for each key, so 4 GB for a million of them; nothing is held in memory but
 * the erasures.
 *
 * <p><b>Guarantees.</b> A file is on disk before its name is, and its name before a call returns; a crash leaves the old one
 * or the new one. A key has a file of its own, so that to destroy it is to overwrite that file and take it away, and no other
 * file has a copy. More a file system cannot promise: one that writes elsewhere instead of over (on flash, with snapshots,
 * with a journal of data) keeps the old blocks until it needs them, and a backup of the folder keeps its copy. What is left
 * there is sealed twice, by the store's key and by the wrapping key: rotate the wrapping key, and destroy its old versions.
 *
 * <p><b>Errors.</b> A file that is cut, altered or in the place of another is DAMAGED, and named. A file that somebody takes
 * away is missed when something must be opened, or when it is one of the erasures.
 */
public final class FileKeyStore implements WrappedKeyStore {
    static final String LOCKS = "locks";
    private static final String KEYS = "keys";
    private static final String CREATING = "creating";
    private static final int FOLDER_DIGITS = 2;

    private final StoreFiles files;
    private final DurableFiles durable;
    private final FileErasureLedger erasures;
    private final String id;

    private FileKeyStore(StoreFiles files, DurableFiles durable, String id) {
        this.files = files;
        this.durable = durable;
        this.id = id;
        this.erasures = new FileErasureLedger(files);
    }

    /**
     * Makes a store.
     *
     * @param folder is made where it is missing, and must be empty
     */
    public static FileKeyStore create(Path folder, KeyWrapper wrapper) {
        return create(folder, wrapper, new DurableFiles());
    }

    static FileKeyStore create(Path folder, KeyWrapper wrapper, DurableFiles durable) {
        return StoreFiles.attempt(folder, "make a store of keys", "", () -> {
            durable.folder(folder.toAbsolutePath());
            requireEmpty(folder);
            durable.write(folder.resolve(CREATING), new byte[0]);
            durable.folder(folder.toAbsolutePath().resolve(LOCKS));
            StoreHead.Made made = StoreHead.make(wrapper);
            StoreFiles files = new StoreFiles(folder, made.seal(), durable);
            FileErasureLedger.create(files);
            // The last of it: what has none is no store.
            durable.write(folder.resolve(StoreHead.NAME), made.head().text());
            durable.deleteIfThere(folder.resolve(CREATING));
            durable.sync(folder);
            return new FileKeyStore(files, durable, made.head().id());
        });
    }

    private static void requireEmpty(Path folder) throws IOException {
        if (Files.exists(folder.resolve(StoreHead.NAME))) {
            throw new KeyServiceException(
                    Reason.REFUSED, "there is a store of keys in " + folder + " already: open it");
        }
        try (Stream<Path> all = Files.list(folder)) {
            boolean begun = Files.exists(folder.resolve(CREATING));
            boolean used = all.map(Path::getFileName)
                    .map(Path::toString)
                    .anyMatch(name -> !name.startsWith(".") && !name.equals("lost+found"));
            if (used && !begun) {
                throw new KeyServiceException(
                        Reason.REFUSED,
                        folder + " is not empty, and has no " + StoreHead.NAME
                                + ": name an empty folder, or bring back the file if" + " this was a store of keys");
            }
        }
    }

    /** Opens a store that is there: none is made by mistake where one should be. */
    public static FileKeyStore open(Path folder, KeyWrapper wrapper) {
        return open(folder, wrapper, new DurableFiles());
    }

    static FileKeyStore open(Path folder, KeyWrapper wrapper, DurableFiles durable) {
        return StoreFiles.attempt(folder, "open the store of keys", "", () -> {
            StoreHead head = head(folder, durable);
            StoreFiles files = new StoreFiles(folder, head.seal(wrapper), durable);
            FileKeyStore store = new FileKeyStore(files, durable, head.id());
            store.erasures.requireWhole();
            return store;
        });
    }

    private static StoreHead head(Path folder, DurableFiles durable) throws IOException {
        Path file = folder.resolve(StoreHead.NAME);
        try {
            return StoreHead.parse(durable.read(file))
                    .orElseThrow(() -> new KeyServiceException(
                            Reason.DAMAGED, "the file " + file + " is cut or was altered: bring back a copy of it"));
        } catch (NoSuchFileException none) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "there is no store of keys in " + folder
                            + ": mount its disk, or bring it back; only where nothing was"
                            + " ever sealed make a new one",
                    none);
        }
    }

    @Override
    public Optional<WrappedKey> find(KeyId key) {
        String name = name(key);
        return files.read(name)
                .map(content -> KeyStoreJson.readKey(Json.MAPPER.readTree(new String(content, StandardCharsets.UTF_8)))
                        .orElseThrow(() -> files.damaged(name, "says something else than a key")));
    }

    private static String name(KeyId key) {
        return folderName(key.pseudonym()) + "/" + key;
    }

    private static String folderName(Pseudonym pseudonym) {
        return KEYS + "/" + pseudonym.digits().substring(0, FOLDER_DIGITS);
    }

    private static char digit(KeyId key) {
        return key.pseudonym().digits().charAt(0);
    }

    @Override
    public WrappedKey create(KeyId key, WrappedKey wrapped) {
        return files.changing("write", digit(key), () -> {
            Optional<WrappedKey> there = find(key);
            if (there.isEmpty()) {
                write(key, wrapped);
            }
            return there.orElse(wrapped);
        });
    }

    private void write(KeyId key, WrappedKey wrapped) throws IOException {
        files.write(name(key), KeyStoreJson.write(wrapped).toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean replace(KeyId key, WrappedKey was, WrappedKey wrapped) {
        return files.changing("write", digit(key), () -> {
            boolean same = find(key).filter(was::equals).isPresent();
            if (same) {
                write(key, wrapped);
            }
            return same;
        });
    }

    @Override
    public void destroy(KeyId key) {
        boolean ignored = files.changing("destroy", digit(key), () -> {
            files.destroy(name(key));
            requireNoCopy(key);
            return true;
        });
    }

    private void requireNoCopy(KeyId key) throws IOException {
        Pattern copy = Pattern.compile(".*" + Pattern.quote(key.toString()) + "([^0-9].*)?");
        for (Path file : filesIn(folderName(key.pseudonym()))) {
            if (copy.matcher(file.getFileName().toString()).matches()) {
                throw new KeyServiceException(
                        Reason.REFUSED,
                        "the key " + key + " is destroyed, but " + file + " looks like a copy of it: delete that");
            }
        }
    }

    private List<Path> filesIn(String folder) throws IOException {
        try (Stream<Path> all = Files.list(files.folder().resolve(folder))) {
            return all.toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    @Override
    public List<KeyId> list(Optional<KeyId> after, int limit) {
        return files.attempt("list", KEYS, () -> {
            files.requireThere();
            List<KeyId> page = new ArrayList<>();
            int first = after.map(
                            last -> Integer.parseInt(last.pseudonym().digits().substring(0, FOLDER_DIGITS), 16))
                    .orElse(0);
            for (int folder = first; folder < 1 << (4 * FOLDER_DIGITS) && page.size() < limit; folder++) {
                keysIn(KEYS + "/" + String.format("%0" + FOLDER_DIGITS + "x", folder)).stream()
                        .filter(key -> after.isEmpty() || key.compareTo(after.get()) > 0)
                        .sorted()
                        .limit(limit - page.size())
                        .forEach(page::add);
            }
            return page;
        });
    }

    private List<KeyId> keysIn(String folder) throws IOException {
        List<KeyId> keys = new ArrayList<>();
        for (Path file : filesIn(folder)) {
            String name = file.getFileName().toString();
            if (!name.startsWith(".")) {
                keys.add(KeyId.parse(name)
                        .orElseThrow(() -> files.damaged(
                                folder + "/" + name,
                                "does not belong there; if it is a copy of a key, it outlives its erasure")));
            }
        }
        return keys;
    }

    @Override
    public ErasureLedger erasures() {
        return erasures;
    }

    @Override
    public void rewrap(KeyWrapper wrapper) {
        boolean ignored = files.changing("wrap anew", ErasureShards.DIGITS.charAt(0), () -> {
            StoreHead head = head(files.folder(), durable);
            StoreHead now = head.rewrapped(wrapper);
            if (!now.equals(head)) {
                durable.write(files.folder().resolve(StoreHead.NAME), now.text());
            }
            return true;
        });
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String describe() {
        return "folder " + files.folder();
    }

    @Override
    public void close() {
        // Each call opens what it needs.
    }
}
