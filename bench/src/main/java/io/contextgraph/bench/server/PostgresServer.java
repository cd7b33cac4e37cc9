// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An installed PostgreSQL, started in a folder of its own on a free loopback port with its own defaults: commits are
 * synced to disk.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Path ROOT_OF_VERSIONS = Path.of("/usr/lib/postgresql");
    private static final int START_SECONDS = 60;

    private final Path folder;
    private final Path binaries;
    private final int port;
    private final Process process;

    private PostgresServer(Path folder, Path binaries, int port, Process process) {
        this.folder = folder;
        this.binaries = binaries;
        this.port = port;
        this.process = process;
    }

    public static PostgresServer start() throws IOException, InterruptedException, SQLException {
        Path binaries = findBinaries();
        Path folder = Files.createTempDirectory("contextgraph-postgres");
        if (runsAsRoot()) {
            // PostgreSQL refuses to run as root.
            run(List.of("chown", "postgres", folder.toString()));
        }
        Path data = folder.resolve("data");
        run(asOwner(binaries.resolve("initdb").toString(), "-D", data.toString(), "-A", "trust", "-U", "bench"));
        int port = Ports.free();
        Process process = new ProcessBuilder(asOwner(
                        binaries.resolve("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-p",
                        Integer.toString(port),
                        "-h",
                        "127.0.0.1",
                        "-k",
                        folder.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        PostgresServer server = new PostgresServer(folder, binaries, port, process);
        server.awaitReady();
        server.requireDurable();
        return server;
    }

    private static Path findBinaries() throws IOException {
        if (Files.isDirectory(ROOT_OF_VERSIONS)) {
            try (Stream<Path> versions = Files.list(ROOT_OF_VERSIONS)) {
                return versions.map(v -> v.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                        .max(Comparator.naturalOrder())
                        .orElseThrow(() -> new IOException("no PostgreSQL in " + ROOT_OF_VERSIONS));
            }
        }
        throw new IOException("install PostgreSQL to compare with it (package postgresql)");
    }

    private static boolean runsAsRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<String> asOwner(String... command) {
        List<String> words = new ArrayList<>();
        if (runsAsRoot()) {
            words.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        words.addAll(List.of(command));
        return words;
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + output);
        }
    }

    private void awaitReady() throws IOException, InterruptedException, SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try {
                connect().close();
                return;
            } catch (SQLException notYet) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException(
                            "PostgreSQL did not start: " + Files.readString(folder.resolve("log")), notYet);
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /** What is compared is only worth comparing when a commit is on disk before it is answered. */
    private void requireDurable() throws IOException, SQLException {
        for (String setting : List.of("fsync", "synchronous_commit")) {
            String value = show(setting);
            if (!value.equals("on")) {
                close();
                throw new IOException("PostgreSQL runs with " + setting + " " + value);
            }
        }
    }

    private String show(String setting) throws SQLException {
        try (Connection connection = connect();
                var rows = connection.createStatement().executeQuery("show " + setting)) {
            rows.next();
            return rows.getString(1);
        }
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres?reWriteBatchedInserts=true", "bench", "");
    }

    public String version() throws SQLException {
        return show("server_version");
    }

    @Override
    public void close() throws IOException {
        run(asOwner(
                binaries.resolve("pg_ctl").toString(),
                "-D",
                folder.resolve("data").toString(),
                "stop",
                "-m",
                "fast"));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
