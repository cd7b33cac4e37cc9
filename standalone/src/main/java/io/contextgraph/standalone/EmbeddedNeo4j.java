// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.app.Backends.Neo4jAddress;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Config;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.exceptions.AuthenticationException;

/**
 * Neo4j Community as a private child process over a folder.
 *
 * <p><b>Guarantees.</b> Answers a query over Bolt when {@link #start} returns. Ends when this process ends, in whatever
 * way. Listens on a loopback port only, with a random password.
 */
public final class EmbeddedNeo4j implements AutoCloseable {
    private static final String USER = "neo4j";
    private static final int LOG_LINES = 25;
    /** Ctrl-C reaches every process of the terminal; only the parent decides in which order they stop. */
    private static final String BEHIND_THE_TERMINAL = "trap '' INT HUP; exec \"$0\" \"$@\"";

    private static final Duration RECLAIM_PATIENCE = Duration.ofSeconds(30);

    private final Path folder;
    private final EmbeddedSettings settings;
    private final Process process;
    /** The child's standard input: as long as it is open, Neo4j runs. */
    private final BufferedWriter orders;

    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private EmbeddedNeo4j(Path folder, EmbeddedSettings settings, Process process) {
        this.folder = folder;
        this.settings = settings;
        this.process = process;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts Neo4j over the folder, or ends with an error that shows the end of its log.
     *
     * @param folder holds data, configuration, password and logs; made where it is missing
     * @param progress told what takes time
     */
    public static Running start(Path folder, EmbeddedSettings settings, Consumer<String> progress) throws IOException {
        var archive = settings.neo4jArchive().filter(Files::isReadable);
        return start(
                folder,
                settings,
                progress,
                archive.isPresent() ? ClassArchive.use(settings.javaHome(), archive.get()) : List.of());
    }

    static Running start(Path folder, EmbeddedSettings settings, Consumer<String> progress, List<String> extraOptions)
            throws IOException {
        var home = folder.toAbsolutePath().normalize();
        PrivateFiles.createFolder(home);
        if (ProcessMark.reclaim(home.resolve("process.json"), RECLAIM_PATIENCE)) {
            progress.accept("Neo4j of an earlier run was still there: stopped");
        }
        var begun = System.nanoTime();
        var neo4j = new EmbeddedNeo4j(home, settings, launch(home, settings, extraOptions));
        try {
            ProcessMark.of(neo4j.process.toHandle(), marker(home)).save(home.resolve("process.json"));
            var address = neo4j.awaitAnswer();
            progress.accept("Neo4j Community ready in %.1f s, process %d"
                    .formatted((System.nanoTime() - begun) / 1e9, neo4j.process.pid()));
            return new Running(neo4j, address);
        } catch (IOException | RuntimeException e) {
            neo4j.close();
            throw e;
        }
    }

    /**
     * A Neo4j that runs.
     *
     * @param server the process
     * @param address where it is
     */
    public record Running(EmbeddedNeo4j server, Neo4jAddress address) implements AutoCloseable {
        @Override
        public void close() {
            server.close();
        }
    }

    /** The child process. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    private static String marker(Path home) {
        return "-Dcontextgraph.neo4j.home=" + home;
    }

    private static Process launch(Path home, EmbeddedSettings settings, List<String> extraOptions) throws IOException {
        var configuration = home.resolve("neo4j.conf");
        PrivateFiles.write(configuration, configuration(settings));
        var password = home.resolve("password");
        if (!Files.exists(password)) {
            PrivateFiles.write(password, PrivateFiles.newPassword());
        }
        var log = home.resolve("neo4j.log");
        PrivateFiles.rotate(log);
        var arguments = home.resolve("java.args");
        var classPath = classPath(settings.neo4jLib().toAbsolutePath()).stream()
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        PrivateFiles.write(arguments, "-cp\n" + quoted(classPath) + "\n");

        var command = new ArrayList<String>();
        command.addAll(List.of("/bin/sh", "-c", BEHIND_THE_TERMINAL));
        command.add(settings.javaHome().resolve("bin").resolve("java").toString());
        command.add(marker(home));
        command.addAll(jvmOptions(settings));
        command.addAll(extraOptions);
        command.add("@" + arguments);
        command.add(Neo4jProcess.class.getName());
        command.addAll(List.of(home.toString(), configuration.toString(), password.toString()));
        var builder = new ProcessBuilder(command).directory(home.toFile()).redirectError(log.toFile());
        // Options and agents that are meant for this process are not meant for Neo4j.
        builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
        return builder.start();
    }

    private static List<String> jvmOptions(EmbeddedSettings settings) throws IOException {
        var options = new ArrayList<>(settings.neo4jOptions());
        options.addAll(List.of(
                // Standard output belongs to the answers.
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-Dfile.encoding=UTF-8",
                "-Djava.awt.headless=true",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED"));
        var feature = Jdk.feature(settings.javaHome());
        if (feature < Jdk.OLDEST) {
            throw new IOException("Neo4j needs a JDK " + Jdk.OLDEST + " or newer; " + settings.javaHome() + " is "
                    + feature + ": set JAVA_HOME to a newer one");
        }
        if (feature >= 24) {
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        return options;
    }

    /** Our own classes first, then the jars in the order of their names, which a class data archive needs constant. */
    static List<Path> classPath(Path lib) throws IOException {
        if (!Files.isDirectory(lib)) {
            throw new IOException("Neo4j's jars are not in " + lib + ": build with mvn package");
        }
        try (var jars = Files.list(lib)) {
            return Stream.concat(
                            Stream.of(ownClasses()),
                            jars.filter(jar -> jar.toString().endsWith(".jar"))
                                    .sorted(Comparator.comparing(Path::toString)))
                    .toList();
        }
    }

    private static Path ownClasses() throws IOException {
        try {
            var source = Neo4jProcess.class.getProtectionDomain().getCodeSource();
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException("cannot find the jar of this class", e);
        }
    }

    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String configuration(EmbeddedSettings settings) {
        return """
                # Written at each start; changes are lost.
                server.bolt.enabled=true
                server.bolt.listen_address=127.0.0.1:0
                server.bolt.advertised_address=127.0.0.1
                server.http.enabled=false
                server.https.enabled=false
                dbms.security.auth_enabled=true
                dbms.usage_report.enabled=false
                internal.dbms.usage_report.udc_network_enabled=false
                db.logs.query.enabled=OFF
                server.memory.pagecache.size=%s
                # The defaults make a stop take 11 s.
                internal.server.bolt.thread_pool_shutdown_wait_time=0s
                internal.server.bolt.connection_shutdown_wait_time=0s
                """.formatted(settings.neo4jPageCache());
    }

    private Neo4jAddress awaitAnswer() throws IOException {
        Thread.ofVirtual().name("neo4j-answers").start(() -> {
            try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
                reader.lines().forEach(answers::add);
            } catch (IOException | java.io.UncheckedIOException e) {
                answers.add("lost " + e.getMessage());
            }
        });
        var deadline = System.nanoTime() + settings.startTimeout().toNanos();
        var bolt = await("bolt ", deadline);
        var password = Files.readString(folder.resolve("password")).strip();
        var address = new Neo4jAddress("bolt://" + bolt, USER, password);
        if (!accepts(address)) {
            orders.write("password\n");
            orders.flush();
            await("password set", deadline);
            if (!accepts(address)) {
                throw failure("Neo4j does not accept the password in " + folder.resolve("password"));
            }
        }
        return address;
    }

    private String await(String prefix, long deadline) throws IOException {
        try {
            while (System.nanoTime() < deadline) {
                var answer = answers.poll(100, TimeUnit.MILLISECONDS);
                if (answer != null && answer.startsWith(prefix)) {
                    return answer.substring(prefix.length());
                }
                if (answer == null && !process.isAlive()) {
                    throw failure("Neo4j has ended with exit code " + process.exitValue());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Neo4j was starting", e);
        }
        throw failure("Neo4j was not ready in " + settings.startTimeout().toSeconds() + " s");
    }

    private static boolean accepts(Neo4jAddress address) {
        var config =
                Config.builder().withConnectionTimeout(20, TimeUnit.SECONDS).build();
        try (var driver =
                GraphDatabase.driver(address.uri(), AuthTokens.basic(address.user(), address.password()), config)) {
            driver.executableQuery("RETURN 1").execute();
            return true;
        } catch (AuthenticationException e) {
            return false;
        }
    }

    private IOException failure(String what) {
        var log = folder.resolve("neo4j.log");
        return new IOException(what + "; the end of " + log + ":\n  " + PrivateFiles.tail(log, LOG_LINES));
    }

    /** Asks Neo4j to stop, waits, then ends it by force. */
    @Override
    public void close() {
        try {
            orders.close();
        } catch (IOException e) {
            // It has gone already.
        }
        Children.awaitEnd(process, settings.stopTimeout());
        try {
            Files.deleteIfExists(folder.resolve("process.json"));
        } catch (IOException e) {
            // The next start finds no such process and goes on.
        }
    }
}
