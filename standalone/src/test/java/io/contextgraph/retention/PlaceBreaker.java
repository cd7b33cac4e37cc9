// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.testing.CommandBreaker.Moment;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one process asks of its archive and of its graph, and breaks it off at one of these places: there it dies, and
 * nothing of what it still wants to do is done; or it is told that the archive or the graph does not answer.
 */
final class PlaceBreaker {
    private static final int BEGINNING = 16;

    /** So that nothing which the process catches holds it up. */
    static final class Died extends Error {
        private static final long serialVersionUID = 1L;

        Died(String place) {
            super(place);
        }
    }

    /**
     * A blow.
     *
     * @param at which place from now on, from 1
     * @param name or else the first of this name
     * @param how what the blow is
     */
    record Blow(int at, String name, Moment moment, How how) {
        boolean deadly() {
            return how == How.DIES;
        }
    }

    /** What comes of a blow. */
    enum How {
        /** The process does nothing more. */
        DIES,
        /** It is told of a failure. */
        FAILS,
        /** It is told nothing: a file of the archive is not what was written. Where it writes no file, nothing happens. */
        DAMAGES
    }

    /** What happens when it dies. */
    interface Death {
        void at(String place, Moment moment);
    }

    private final Death death;
    private final Set<String> passed = new TreeSet<>();
    private @Nullable Blow blow;
    private @Nullable String struck;
    private boolean amongManifests;
    private @Nullable String damaged;
    private int places;
    private boolean dead;

    PlaceBreaker(Death death) {
        this.death = death;
    }

    /** Counts from here on, and strikes once. */
    synchronized void arm(Blow newBlow) {
        blow = newBlow;
        amongManifests = false;
        places = 0;
        passed.clear();
    }

    synchronized void disarm() {
        blow = null;
    }

    /** The place that was struck; empty where none was. */
    synchronized Optional<String> struck() {
        return Optional.ofNullable(struck);
    }

    /** The names of the places that were passed. */
    synchronized Set<String> passed() {
        return Set.copyOf(passed);
    }

    /** Whether a file that is written now is to be damaged. */
    private synchronized boolean isDamaged(String name) {
        Blow next = blow;
        if (dead || next == null || next.how() != How.DAMAGES || !next.name().equals("put " + kind(name))) {
            return false;
        }
        blow = null;
        return true;
    }

    private synchronized void damaged(String name) {
        struck = "put " + kind(name);
        damaged = name;
    }

    /** When to strike here, if at all. */
    private synchronized @Nullable Blow due(String place) {
        if (dead) {
            throw new Died("after its death, at " + place);
        }
        // To read one manifest after another is one place.
        boolean manifest = place.equals("open manifest") || place.equals("read manifest");
        places += manifest && amongManifests ? 0 : 1;
        amongManifests = manifest;
        passed.add(place);
        Blow next = blow;
        if (next == null || (places != next.at() && !place.equals(next.name()))) {
            return null;
        }
        blow = null;
        struck = place;
        return next;
    }

    /** The file that was damaged; empty where none was. */
    synchronized Optional<String> damaged() {
        return Optional.ofNullable(damaged);
    }

    private <T> T pass(String place, Runnable half, Supplier<T> call, Supplier<RuntimeException> failure) {
        Blow due = due(place);
        if (due == null || due.how() == How.DAMAGES) {
            return call.get();
        }
        if (due.moment() == Moment.DURING) {
            half.run();
        } else if (due.moment() == Moment.AFTER) {
            try {
                T ignored = call.get();
            } catch (StorageException refused) {
                // That answer is lost, too.
            }
        }
        if (due.deadly()) {
            throw died(place, due.moment());
        }
        throw failure.get();
    }

    private Died died(String place, Moment moment) {
        death.at(place, moment);
        synchronized (this) {
            dead = true;
        }
        return new Died(place);
    }

    /** Rests in which a process may die; it does not fail there. */
    boolean rest(Duration ignored) {
        Blow due = due("rest");
        if (due != null) {
            throw died("rest", due.moment());
        }
        return false;
    }

    /** The archive of a process, in a folder. */
    Storage archive(Storage storage, Path folder) {
        return new Archive(storage, folder);
    }

    /** The graph of a process. */
    GraphSink graph(GraphSink graph) {
        return new Graph(graph);
    }

    private static String kind(String file) {
        if (file.startsWith("trial/")) {
            return "trial";
        }
        return file.endsWith(".json") ? "manifest" : file.endsWith(".ids") ? "ids" : "events";
    }

    private static StorageException away() {
        return new StorageException(Reason.UNAVAILABLE, "the archive does not answer");
    }

    private final class Archive extends ForwardingStorage {
        private final Path folder;

        private Archive(Storage storage, Path folder) {
            super(storage);
            this.folder = folder;
        }

        @Override
        public void put(String name, Path from) {
            if (isDamaged(name)) {
                super.put(name, from);
                // Not where it was there already.
                damage(folder.resolve(name));
                damaged(name);
                return;
            }
            boolean ignored = pass(
                    "put " + kind(name),
                    () -> part(name, from),
                    () -> {
                        super.put(name, from);
                        return true;
                    },
                    PlaceBreaker::away);
        }

        /** A byte of it is another one, or its last are lost. */
        private void damage(Path file) {
            try {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Path ignored = Files.write(file, isWhole(file) ? bytes : Arrays.copyOf(bytes, bytes.length / 2));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static boolean isWhole(Path file) {
            return file.toString().hashCode() % 2 == 0;
        }

        /** Half of a file under the hidden name that it has until it is whole. */
        private void part(String name, Path from) {
            try {
                Path target = folder.resolve(name);
                Path above = Files.createDirectories(target.toAbsolutePath().getParent());
                byte[] whole = Files.readAllBytes(from);
                Path ignored = Files.write(
                        above.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".part"),
                        Arrays.copyOf(whole, whole.length / 2));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public InputStream open(String name) {
            InputStream opened = pass("open " + kind(name), () -> {}, () -> super.open(name), PlaceBreaker::away);
            return new Reading(opened, kind(name));
        }

        @Override
        public List<StoredFile> list(String prefix) {
            return pass("list", () -> {}, () -> super.list(prefix), PlaceBreaker::away);
        }

        @Override
        public Deletion delete(String name) {
            return pass("delete " + kind(name), () -> {}, () -> super.delete(name), PlaceBreaker::away);
        }
    }

    /** A file that is read back: broken off at its beginning, after some bytes, or at its end. */
    private final class Reading extends FilterInputStream {
        private final String kind;
        private @Nullable Blow due;
        private boolean begun;
        private long count;

        private Reading(InputStream in, String kind) {
            super(in);
            this.kind = kind;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (!begun) {
                begun = true;
                due = due("read " + kind);
            }
            Blow next = due;
            if (next == null) {
                return super.read(bytes, from, length);
            }
            if (next.moment() == Moment.BEFORE || (next.moment() == Moment.DURING && count >= BEGINNING)) {
                throw brokenOff(next);
            }
            int read = super.read(bytes, from, next.moment() == Moment.DURING ? Math.min(length, BEGINNING) : length);
            if (read < 0) {
                throw brokenOff(next);
            }
            count += read;
            return read;
        }

        private IOException brokenOff(Blow next) {
            if (next.deadly()) {
                throw died("read " + kind, next.moment());
            }
            return new IOException("the connection to the archive broke");
        }
    }

    private final class Graph implements GraphSink {
        private final GraphSink graph;

        private Graph(GraphSink graph) {
            this.graph = graph;
        }

        @Override
        public void prepare() {
            graph.prepare();
        }

        @Override
        public void apply(List<GraphChange> changes) {
            boolean ignored = pass(
                    "summaries",
                    () -> {},
                    () -> {
                        graph.apply(changes);
                        return true;
                    },
                    () -> new GraphException(GraphException.Reason.UNAVAILABLE, "the graph does not answer"));
        }

        @Override
        public boolean takesAgain() {
            return graph.takesAgain();
        }
    }
}
