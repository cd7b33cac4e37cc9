// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.archive.Archive;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.backup.Backup;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.cli.workspace.Workspace.StartReport;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.snapshot.Snapshots.Store;
import io.contextgraph.operation.Watcher;
import io.contextgraph.standalone.EmbeddedBackends;
import io.contextgraph.testing.CommandBreaker;
import io.contextgraph.testing.CommandBreaker.Moment;
import io.contextgraph.testing.CommandNames;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.StruckSteps;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A process of its own that restores a backup, or segments of the archive, as the commands do. At a place that it is given it says
 * where it is, and does nothing more: there it is killed (SIGKILL). Places are the commands to Redis, and the putting of data.
 */
final class RestoringProcess {
    /** The data of a backup is put where a Redis will look for it. */
    static final String PLANT = "plant";

    /** Names the Redis that it works on, where that is not its own. */
    static final String REDIS = "CG_REDIS_URL";

    private static final String PASSWORD = "CG_NEO4J_PASSWORD";
    private static final String DONE = "done: ";
    private static final String SEPARATOR = "\t";

    private RestoringProcess() {}

    /**
     * What came of one.
     *
     * @param at where it was killed; empty where it came to its end
     * @param passed the places of one that came to its end
     */
    record Ended(Optional<String> at, Set<String> passed) {}

    /**
     * Runs one until it dies, or to its end.
     *
     * @param set the settings
     * @param environment the secrets
     * @param backup the id of one; empty to restore all segments of the archive
     * @param place its last one, by name; none where it is to come to its end
     */
    static Ended run(
            Map<String, String> set, Map<String, String> environment, String backup, String place, Moment moment) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                RestoringProcess.class.getName(),
                backup,
                place,
                moment.name()));
        set.forEach((key, value) -> command.add(key + "=" + value));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            Process process = builder.redirectErrorStream(true).start();
            try (BufferedReader said = process.inputReader(UTF_8)) {
                return ended(said);
            } finally {
                Process ignored = process.destroyForcibly().onExit().join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Ended ended(BufferedReader said) throws IOException {
        List<String> all = new ArrayList<>();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(StruckSteps.AT)) {
                return new Ended(Optional.of(line.substring(StruckSteps.AT.length())), Set.of());
            }
            if (line.startsWith(DONE)) {
                return new Ended(
                        Optional.empty(), Set.of(line.substring(DONE.length()).split(SEPARATOR)));
            }
            all.add(line);
        }
        throw new AssertionError("the process has ended: " + String.join("\n", all));
    }

    /** Says it, and waits to be killed. */
    private static void stay(String place) {
        System.out.println(StruckSteps.AT + place);
        while (true) {
            LockSupport.park();
        }
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, String> set = new HashMap<>();
        for (String setting : List.of(arguments).subList(3, arguments.length)) {
            String ignored =
                    set.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        Struck backends =
                new Struck(new EmbeddedBackends(Neo4jServers.settings()), arguments[1], Moment.valueOf(arguments[2]));
        Map<String, String> environment = new HashMap<>();
        for (String name : List.of(PASSWORD, REDIS)) {
            Optional.ofNullable(System.getenv(name))
                    .ifPresent(value -> environment.put(name, name.equals(REDIS) ? backends.behind(value) : value));
        }
        Settings settings = ProductSettings.CATALOG.load(set, environment, Optional.empty());
        if (arguments[0].isEmpty()) {
            restoreArchive(settings, backends);
        } else {
            restoreBackup(settings, backends, arguments[0]);
        }
        System.out.println(DONE + String.join(SEPARATOR, backends.passed()));
    }

    private static void restoreBackup(Settings settings, Backends.Factory backends, String id) throws IOException {
        AuditTrail.Request request = new AuditTrail.Request("operator:drill", "drill", "backup restore", Map.of());
        try (Workspace.BackupDesk desk = new StoredBackups(settings, count -> 0, backends, Clock.systemUTC())) {
            Backup backup = desk.find(id).orElseThrow();
            Workspace.Restored ignored = desk.restore(backup, request, 100, said -> {}, Watcher.NONE);
        }
    }

    private static void restoreArchive(Settings settings, Backends.Factory backends) throws IOException {
        try (LocalWorkspace workspace =
                LocalWorkspace.open(settings, Needs.LEDGER, backends, Clock.systemUTC(), said -> {})) {
            restoreArchive(workspace);
        }
    }

    /** All of it, until the ceiling comes to it again. */
    static void restoreArchive(LocalWorkspace workspace) {
        Archive archive = workspace.parts().getFirst().archive().orElseThrow();
        List<SegmentId> all =
                archive.list().segments().stream().map(Segment::id).toList();
        var report = workspace.parts().getFirst().restorer(archive).run(all, Duration.ZERO, false, Watcher.NONE);
        if (!report.faults().isEmpty()) {
            throw new IllegalStateException(report.toString());
        }
    }

    /** Backends of which the Redis is behind a breaker. */
    private static final class Struck implements Backends.Factory {
        private final Backends.Factory backends;
        private final String place;
        private final Moment moment;
        private final Set<String> planted = new TreeSet<>();
        private @Nullable CommandBreaker breaker;

        Struck(Backends.Factory backends, String place, Moment moment) {
            this.backends = backends;
            this.place = place;
            this.moment = moment;
        }

        Set<String> passed() {
            Set<String> all = new TreeSet<>(planted);
            if (breaker != null) {
                all.addAll(breaker.passed());
            }
            return all;
        }

        @Override
        public void plant(Path dataDir, Path snapshot, Store store) throws IOException {
            boolean ignored = planted.add(PLANT);
            if (place.equals(PLANT) && moment == Moment.BEFORE) {
                stay(PLANT);
            }
            backends.plant(dataDir, snapshot, store);
            if (place.equals(PLANT)) {
                stay(PLANT);
            }
        }

        @Override
        public Backends open(Backends.Wanted wanted, StartReport report) throws IOException {
            Backends opened = backends.open(wanted, report);
            Optional<String> redis = opened.redisUrl();
            return redis.isEmpty() ? opened : new Behind(opened, behind(redis.get()));
        }

        /** The address of a Redis with a breaker in front of it. */
        String behind(String redis) {
            URI url = URI.create(redis);
            CommandBreaker before = CommandBreaker.to(url.getPort(), words -> CommandNames.of(words, ""));
            before.arm(new CommandBreaker.Blow(0, place, moment, () -> stay(place)));
            breaker = before;
            return before.inFrontOf(url).toString();
        }
    }

    private record Behind(Backends backends, String url) implements Backends {
        @Override
        public Optional<String> redisUrl() {
            return Optional.of(url);
        }

        @Override
        public Optional<Neo4jAddress> neo4j() {
            return backends.neo4j();
        }

        @Override
        public boolean owned() {
            return backends.owned();
        }

        @Override
        public CompletableFuture<String> lost() {
            return backends.lost();
        }

        @Override
        public void close() {
            backends.close();
        }
    }
}
