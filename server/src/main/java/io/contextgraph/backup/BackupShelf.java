// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.backup.Backup.Trial;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import io.contextgraph.storage.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The backups in a storage.
 *
 * <p><b>Shape.</b> {@code backups/<id>/dump.rdb}; {@code manifest.json} beside it, written last: what has none is no backup;
 * {@code trial-<time>.json} for each time that it was tried out later.
 *
 * <p><b>Errors.</b> {@link StorageException}.
 */
final class BackupShelf {
    static final String SNAPSHOT = "dump.rdb";
    private static final String ROOT = "backups/";
    private static final String MANIFEST = "manifest.json";
    private static final String TRIAL = "trial-";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int LONGEST_TEXT = 1 << 20;
    private static final int CHUNK = 1 << 16;

    private final Storage storage;

    BackupShelf(Storage storage) {
        this.storage = storage;
    }

    static String id(Instant at, String ledger) {
        return TIME.format(at) + "-" + ledger.substring(0, 8);
    }

    String describe() {
        return storage.describe();
    }

    private static String name(String id, String file) {
        return ROOT + id + "/" + file;
    }

    /** The names of the files of each backup, and of what is left of one, by id. */
    private Map<String, List<String>> files() {
        Map<String, List<String>> files = new TreeMap<>();
        for (StoredFile file : storage.list(ROOT)) {
            String[] parts = file.name().substring(ROOT.length()).split("/", -1);
            if (parts.length == 2 && Backup.ID.matcher(parts[0]).matches()) {
                files.computeIfAbsent(parts[0], id -> new ArrayList<>()).add(parts[1]);
            }
        }
        return files;
    }

    /** All backups, newest first, with what came of their last trial. */
    List<Backup> list() {
        List<Backup> backups = new ArrayList<>();
        files().forEach((id, names) -> {
            if (names.contains(MANIFEST)) {
                read(id, names).ifPresent(backups::add);
            }
        });
        backups.sort(Comparator.comparing(Backup::at).reversed());
        return backups;
    }

    private Optional<Backup> read(String id, List<String> names) {
        Optional<Backup> backup = text(name(id, MANIFEST)).flatMap(BackupJson::backup);
        Optional<Trial> last = names.stream()
                .filter(name -> name.startsWith(TRIAL))
                .max(Comparator.naturalOrder())
                .flatMap(name -> text(name(id, name)))
                .flatMap(BackupJson::trial);
        return backup.map(found -> last.map(found::with).orElse(found));
    }

    private Optional<String> text(String name) {
        try (InputStream in = storage.open(name)) {
            return Optional.of(new String(in.readNBytes(LONGEST_TEXT), StandardCharsets.UTF_8));
        } catch (StorageException gone) {
            if (gone.reason() == Reason.MISSING) {
                return Optional.empty();
            }
            throw gone;
        } catch (IOException lost) {
            throw new StorageException(Reason.UNAVAILABLE, name + " cannot be read: " + lost.getMessage(), lost);
        }
    }

    void putSnapshot(String id, Path snapshot) {
        storage.put(name(id, SNAPSHOT), snapshot);
    }

    void putManifest(Backup backup, Path work) throws IOException {
        storage.put(
                name(backup.id(), MANIFEST), Files.writeString(work.resolve(MANIFEST), BackupJson.of(backup) + "\n"));
    }

    void putTrial(String id, Trial trial, Path work) throws IOException {
        String name = TRIAL + TIME.format(trial.at()) + ".json";
        storage.put(name(id, name), Files.writeString(work.resolve(name), BackupJson.of(trial) + "\n"));
    }

    /**
     * Reads a snapshot back and holds it against what its manifest says.
     *
     * @return empty where it is that; else what is wrong
     */
    Optional<String> fetch(Backup backup, OutputStream to) throws IOException {
        MessageDigest digest = sha256();
        long bytes = 0;
        try (InputStream in = new DigestInputStream(storage.open(name(backup.id(), SNAPSHOT)), digest)) {
            byte[] buffer = new byte[CHUNK];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                to.write(buffer, 0, read);
                bytes += read;
            }
        } catch (StorageException missing) {
            if (missing.reason() != Reason.MISSING) {
                throw missing;
            }
            return Optional.of("its snapshot is missing in " + describe());
        }
        if (bytes != backup.bytes()) {
            return Optional.of("its snapshot has " + bytes + " bytes, and must have " + backup.bytes());
        }
        return HexFormat.of().formatHex(digest.digest()).equals(backup.sha256())
                ? Optional.empty()
                : Optional.of("its snapshot is not what was written: its SHA-256 differs");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Takes away what was left of backups of a ledger that have not been finished; nobody may be taking one. */
    void clean(String ledger) {
        files().forEach((id, names) -> {
            if (!names.contains(MANIFEST) && id.endsWith("-" + ledger.substring(0, 8))) {
                names.forEach(file -> storage.delete(name(id, file)));
            }
        });
    }

    /** Takes one away, its manifest first: what is left of it then is no backup. */
    void delete(String id) {
        List<String> names = files().getOrDefault(id, List.of());
        if (storage.delete(name(id, MANIFEST)) == Storage.Deletion.GONE) {
            names.stream().filter(file -> !file.equals(MANIFEST)).forEach(file -> storage.delete(name(id, file)));
        }
    }
}
