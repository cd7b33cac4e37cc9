// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.partition.Partition;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * An export into a file, or into a file for each partition of the ledger, all of them at once.
 *
 * <p><b>Guarantees.</b> As of {@link ExportRun} and {@link ExportFile}. When {@link #run} ends, also with an exception, what has
 * been written is on the disk. Where a partition fails, those that have a file of their own are still written to their end.
 *
 * <p><b>Threads.</b> For one thread; writes each file with one of its own.
 */
public final class FileExport implements Closeable {
    private final List<One> all;

    private FileExport(List<One> all) {
        this.all = all;
    }

    /** A file, and what goes into it. */
    private record One(ExportFile file, ExportRun run) {
        void run(ExportProgress progress) throws IOException {
            try {
                ExportSummary ignored = run.run(file.last(), file.out(), progress);
            } catch (IOException | RuntimeException failed) {
                // What has been written is worth keeping, whatever went wrong; a line that is cut whoever goes on
                // finds.
                try {
                    file.sync();
                } catch (IOException full) {
                    failed.addSuppressed(full);
                }
                throw failed;
            }
            file.sync();
        }
    }

    /**
     * Everything that is asked for in one file.
     *
     * @param resume whether to go on with what an interrupted export has left, see {@link ExportFile#resume}
     * @param skipping see {@link ExportRun}
     * @throws IllegalArgumentException when the file is there and is not to be gone on with, or cannot be
     */
    public static FileExport into(Path file, Ledger ledger, EventQuery filters, boolean resume, boolean skipping)
            throws IOException {
        return new FileExport(List.of(one(file, ledger, filters, resume, skipping)));
    }

    /**
     * A file for each partition: {@code partition-0.ndjson} and so on.
     *
     * @param folder is made for its owner alone where it is not there
     * @param resume as in {@link #into}
     * @param skipping as in {@link #into}
     * @throws IllegalArgumentException as {@link #into}, also of the folder
     */
    public static FileExport byPartition(
            Path folder, Ledger ledger, EventQuery filters, boolean resume, boolean skipping) throws IOException {
        if (!resume || !Files.isDirectory(folder)) {
            create(folder);
        }
        List<One> all = new ArrayList<>();
        try {
            for (Partition partition : ledger.partitions()) {
                Path file = folder.resolve("partition-" + partition.number() + ".ndjson");
                all.add(one(file, partition, filters, resume, skipping));
            }
            return new FileExport(all);
        } catch (IOException | RuntimeException refused) {
            for (One one : all) {
                one.file().close();
            }
            throw refused;
        }
    }

    private static void create(Path folder) throws IOException {
        try {
            Path ignored = Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException(
                    folder
                            + (Files.isDirectory(folder)
                                    ? " is there already: with --resume an interrupted export goes on in it"
                                    : " is no folder"),
                    e);
        } catch (FileSystemException e) {
            throw new IllegalArgumentException(folder + " cannot be made: " + e.getMessage(), e);
        }
    }

    private static One one(Path file, Ledger ledger, EventQuery filters, boolean resume, boolean skipping)
            throws IOException {
        ExportFile target = resume ? ExportFile.resume(file, ledger, filters, skipping) : ExportFile.create(file);
        return new One(target, new ExportRun(ledger, filters, skipping));
    }

    /** Whether there is something in a file already. */
    public boolean isResumed() {
        return all.stream().anyMatch(one -> !one.file().last().isEmpty());
    }

    /**
     * Writes what follows.
     *
     * @throws io.contextgraph.ledger.epoch.PositionPrunedException as {@link ExportRun#run}
     * @throws IOException when a file takes no more
     * @throws io.contextgraph.ledger.LedgerException as {@link ExportRun#run}; of several the first
     */
    public ExportSummary run(ExportProgress progress) throws IOException {
        Sum sum = new Sum(progress, all.size());
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < all.size(); i++) {
                int at = i;
                running.add(threads.submit(() -> {
                    all.get(at).run(sum.of(at));
                    return null;
                }));
            }
        }
        for (Future<?> one : running) {
            try {
                Object ignored = one.get();
            } catch (ExecutionException failed) {
                throw thrown(failed);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", stop);
            }
        }
        return soFar();
    }

    private static IOException thrown(ExecutionException failed) {
        Throwable cause = failed.getCause();
        if (cause instanceof RuntimeException other) {
            throw other;
        }
        return cause instanceof IOException io ? io : new IOException(failed);
    }

    /** What has been written up to now. */
    public ExportSummary soFar() {
        return ExportSummary.of(all.stream().map(one -> one.run().soFar()).toList());
    }

    /** How far all are. */
    private static final class Sum {
        private final ExportProgress progress;
        private final long[] seq;
        private final long[] ofSeq;
        private final long[] events;

        Sum(ExportProgress progress, int files) {
            this.progress = progress;
            this.seq = new long[files];
            this.ofSeq = new long[files];
            this.events = new long[files];
        }

        ExportProgress of(int file) {
            return (one, ofOne, written) -> {
                synchronized (this) {
                    seq[file] = one;
                    ofSeq[file] = ofOne;
                    events[file] = written;
                    progress.advanced(
                            LongStream.of(seq).sum(),
                            LongStream.of(ofSeq).sum(),
                            LongStream.of(events).sum());
                }
            };
        }
    }

    /** Lets go of the files. */
    @Override
    public void close() throws IOException {
        for (One one : all) {
            one.file().close();
        }
    }
}
