// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.folder;

import io.contextgraph.ops.OwnerFiles;
import io.contextgraph.storage.FileNames;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import io.contextgraph.storage.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Files in a folder, their owner's alone.
 *
 * <p><b>Shape.</b> A file lies under its name; below the name of a file there can be no other. One that is being written has a hidden name beside it, ending in
 * {@value #PART}; what a process that was killed has left of one goes when a day later something is written to the same folder.
 *
 * <p><b>Guarantees.</b> A name is given by a hard link, so that no two files can get it. On a file system without links it
 * is given by renaming: there, of two processes that write the same name at the very same instant, the later wins, and nothing can
 * be claimed. To make the file first and fill it then would be no way out: who is killed between leaves half a file, and on some of
 * these systems two can make the same.
 */
public final class FolderStorage implements Storage {
    private static final String PART = ".part";

    /** A file that is still being written changes all the time. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private static final long BLOCK = 16L << 20;

    private final Path root;
    private final Naming links;
    private final Naming naming;
    private final InstantSource clock;
    private final Set<Path> swept = ConcurrentHashMap.newKeySet();

    /** @param root is made when the first file is written */
    public FolderStorage(Path root) {
        this(root, Naming.LINK, InstantSource.system());
    }

    FolderStorage(Path root, Naming links, InstantSource clock) {
        this.root = root.toAbsolutePath().normalize();
        this.links = links;
        this.naming = links.orRename();
        this.clock = clock;
    }

    @Override
    public void put(String name, Path from) {
        try (FileChannel source = source(from)) {
            put(name, temporary -> copy(source, temporary), naming);
        } catch (IOException e) {
            throw failed("write", name, e);
        }
    }

    @Override
    public void put(String name, byte[] content) {
        put(name, content, naming);
    }

    @Override
    public void claim(String name, byte[] content) {
        put(name, content, (temporary, target) -> {
            try {
                links.name(temporary, target);
            } catch (FileSystemException | UnsupportedOperationException e) {
                if (Naming.isUnable(e)) {
                    throw unclaimed(name, e);
                }
                throw e;
            }
        });
    }

    private StorageException unclaimed(String name, Exception e) {
        return new StorageException(
                Reason.REFUSED,
                "cannot claim " + name + " in " + describe()
                        + ": its file system has no hard links, and without them two"
                        + " servers can take the same name at the same instant; a folder on one that has them, or a bucket"
                        + " (s3://...), must be set in its place",
                e);
    }

    private void put(String name, byte[] content, Naming by) {
        put(
                name,
                temporary -> {
                    Path created = Files.createFile(temporary, OwnerFiles.mode("rw-------"));
                    OwnerFiles.fill(created, content);
                },
                by);
    }

    /** Writes a file, on the disk when it returns. */
    @FunctionalInterface
    private interface Filling {
        void fill(Path temporary) throws IOException;
    }

    private void put(String name, Filling filling, Naming by) {
        Path target = root.resolve(FileNames.require(name));
        try {
            Path folder = makeFolders(target);
            sweep(folder);
            if (Files.exists(target)) {
                // Saves the work; the check that counts is that of naming.
                throw exists(name);
            }
            Path temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + PART);
            try {
                filling.fill(temporary);
                by.name(temporary, target);
            } finally {
                boolean ignored = Files.deleteIfExists(temporary);
            }
            OwnerFiles.syncNames(folder);
        } catch (FileAlreadyExistsException taken) {
            throw exists(name);
        } catch (IOException e) {
            throw failed("write", name, e);
        }
    }

    private static FileChannel source(Path from) {
        try {
            return FileChannel.open(from, StandardOpenOption.READ);
        } catch (IOException e) {
            throw new StorageException(Reason.REFUSED, "the file to be stored cannot be read: " + e, e);
        }
    }

    private StorageException exists(String name) {
        return new StorageException(
                Reason.EXISTS, name + " is in " + describe() + " already; no file is ever written over");
    }

    private static void copy(FileChannel source, Path to) throws IOException {
        Path created = Files.createFile(to, OwnerFiles.mode("rw-------"));
        try (FileChannel out = FileChannel.open(created, StandardOpenOption.WRITE)) {
            long from = 0;
            long moved;
            do {
                moved = source.transferTo(from, BLOCK, out);
                from += moved;
            } while (moved > 0);
            out.force(true);
        }
    }

    /** Each new folder is on the disk in the one above it. */
    private Path makeFolders(Path target) throws IOException {
        Path folder = parent(target);
        List<Path> missing = new ArrayList<>();
        for (Path above = folder; !Files.isDirectory(above); above = parent(above)) {
            missing.addFirst(above);
        }
        for (Path next : missing) {
            makeFolder(next);
            OwnerFiles.syncNames(parent(next));
        }
        return folder;
    }

    private static void makeFolder(Path folder) throws IOException {
        try {
            Path ignored = Files.createDirectories(folder, OwnerFiles.mode("rwx------"));
        } catch (FileAlreadyExistsException aFile) {
            throw new NotDirectoryException(folder.toString());
        }
    }

    private static Path parent(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null) {
            throw new NoSuchFileException(path.toString());
        }
        return parent;
    }

    private void sweep(Path folder) throws IOException {
        if (!swept.add(folder)) {
            return;
        }
        Instant before = clock.instant().minus(ABANDONED);
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(FolderStorage::isPart).toList()) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    boolean ignored = Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException | UncheckedIOException gone) {
            // Another process sweeps too.
        }
    }

    private static boolean isPart(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".") && name.endsWith(PART);
    }

    @Override
    public InputStream open(String name) {
        Path file = root.resolve(FileNames.require(name));
        try {
            if (Files.isDirectory(file)) {
                throw missing(name);
            }
            return Files.newInputStream(file);
        } catch (NoSuchFileException none) {
            throw missing(name);
        } catch (FileSystemException e) {
            throw isBelowAFile(file) ? missing(name) : failed("read", name, e);
        } catch (IOException e) {
            throw failed("read", name, e);
        }
    }

    private StorageException missing(String name) {
        return new StorageException(Reason.MISSING, "there is no " + name + " in " + describe());
    }

    /** Whether something on the way to it is no folder: then it is not there, whatever the system calls it. */
    private boolean isBelowAFile(Path file) {
        for (Path above = file.getParent(); above != null && !above.equals(root); above = above.getParent()) {
            if (Files.isRegularFile(above)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public List<StoredFile> list(String prefix) {
        int slash = FileNames.requirePrefix(prefix).lastIndexOf('/');
        Path folder = root.resolve(prefix.substring(0, Math.max(0, slash)));
        List<StoredFile> found = new ArrayList<>();
        try {
            if (Files.isDirectory(folder)) {
                Path ignored = Files.walkFileTree(folder, new Finder(folder, prefix, found));
            } else {
                requireNoFile();
            }
        } catch (IOException e) {
            throw failed("list", prefix, e);
        }
        found.sort(Comparator.comparing(StoredFile::name));
        return found;
    }

    private void requireNoFile() throws IOException {
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new NotDirectoryException(root.toString());
        }
    }

    /** Walks through everything that is not hidden; what goes meanwhile is not there. */
    private final class Finder extends SimpleFileVisitor<Path> {
        private final Path top;
        private final String prefix;
        private final List<StoredFile> found;

        private Finder(Path top, String prefix, List<StoredFile> found) {
            this.top = top;
            this.prefix = prefix;
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            boolean leads = folder.equals(top) || isWanted(name(folder) + "/");
            return leads ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        private boolean isWanted(String name) {
            String bare = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
            return FileNames.isName(bare) && (name.startsWith(prefix) || prefix.startsWith(name));
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = name(file);
            if (attributes.isRegularFile() && FileNames.isName(name) && name.startsWith(prefix)) {
                found.add(new StoredFile(
                        name, attributes.size(), attributes.lastModifiedTime().toInstant()));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        private String name(Path path) {
            return root.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
        }
    }

    @Override
    public Deletion delete(String name) {
        Path file = root.resolve(FileNames.require(name));
        try {
            if (Files.isRegularFile(file) && Files.deleteIfExists(file)) {
                OwnerFiles.syncNames(parent(file));
            }
            return Deletion.GONE;
        } catch (IOException e) {
            throw failed("delete", name, e);
        }
    }

    private StorageException failed(String verb, String name, IOException e) {
        String what = "cannot " + verb + " " + (name.isEmpty() ? "files" : name) + " in " + describe() + ": ";
        if (e instanceof AccessDeniedException) {
            return new StorageException(
                    Reason.REFUSED, what + "permission denied; the user of this process needs it", e);
        }
        if (e instanceof FileSystemException known) {
            String why = e instanceof NotDirectoryException ? "a file is in the way" : known.getReason();
            return new StorageException(Reason.REFUSED, what + why + " (" + known.getFile() + ")", e);
        }
        return isFull()
                ? new StorageException(Reason.REFUSED, what + "no room is left on its disk", e)
                : new StorageException(Reason.UNAVAILABLE, what + e.getMessage(), e);
    }

    private boolean isFull() {
        try {
            return Files.getFileStore(root).getUsableSpace() < BLOCK;
        } catch (IOException unknown) {
            return false;
        }
    }

    @Override
    public String describe() {
        return "folder " + root;
    }

    @Override
    public void close() {
        swept.clear();
    }
}
