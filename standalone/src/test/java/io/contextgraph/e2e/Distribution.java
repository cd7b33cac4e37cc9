// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The built distribution over a data folder, run through its start script. */
final class Distribution {
    private static final Path HOME = Path.of("target", "contextgraph").toAbsolutePath();
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
    private static final String TRACES = "CG_TRACES_DIR";
    private static final Pattern KEY = Pattern.compile("cgk_[0-9A-Za-z]{49}");
    private static final int COMMAND_MINUTES = 5;

    /** They live for seconds; the commands of the README run as they are. */
    private static final String QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final Path dataDir;
    private final String javaOptions;
    private final List<String> settings;
    private final List<String> around;

    Distribution(Path dataDir) {
        this(dataDir, System.getenv().getOrDefault("CONTEXTGRAPH_JAVA_OPTIONS", QUICK), List.of(), List.of());
    }

    private Distribution(Path dataDir, String javaOptions, List<String> settings, List<String> around) {
        this.dataDir = dataDir;
        this.javaOptions = javaOptions;
        this.settings = settings;
        this.around = around;
    }

    /** The same, each command with these settings. */
    Distribution with(String... more) {
        return new Distribution(dataDir, javaOptions, List.of(more), around);
    }

    /** The same, each command with these settings and an archive, for which an event is ready a second after it was taken. */
    Distribution archivingAtOnce(Path archive, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        for (String setting : List.of("hot-window", "min-hot-window", "ceiling", "min-ceiling", "segment-span")) {
            all.add("--retention." + setting + "=1s");
        }
        all.add("--archive.location=" + archive);
        return with(all.toArray(String[]::new));
    }

    /** The same, each command with that folder for temporary files. */
    Distribution withTemporary(Path temporary) {
        return new Distribution(dataDir, javaOptions + " -Djava.io.tmpdir=" + temporary, settings, around);
    }

    /** The same over the same folder, with so many megabytes of heap. */
    Distribution withHeap(int megabytes) {
        return new Distribution(dataDir, javaOptions + " -Xmx" + megabytes + "m", settings, around);
    }

    /** The same, each command with a disk of its own under a folder, which is empty and has so much room; only root can have that. */
    Distribution withDisk(Path folder, String size) {
        String mount = "mount -t tmpfs -o size=" + size + " tmpfs \"$0\" && exec \"$@\"";
        return new Distribution(
                dataDir, javaOptions, settings, List.of("unshare", "--mount", "sh", "-c", mount, folder.toString()));
    }

    /** What a command ended with. */
    record Result(int exitCode, String out, String err) {}

    /** Runs a command to its end. */
    Result run(String... arguments) throws IOException {
        return result(start(arguments), arguments);
    }

    /** Makes an access key, and gives it; {@code words} are its name and what {@code keys create} takes besides. */
    String createKey(String... words) throws IOException {
        Result made =
                run(Stream.concat(Stream.of("keys", "create"), Stream.of(words)).toArray(String[]::new));
        Matcher key = KEY.matcher(made.out());
        if (!key.find()) {
            throw new AssertionError("no key was made: " + made.err());
        }
        return key.group();
    }

    private static Result result(Process process, String... arguments) {
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.errorReader()));
        String out = text(process.inputReader());
        try {
            if (!process.waitFor(COMMAND_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("still running: " + String.join(" ", arguments) + "\n" + out);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return new Result(process.exitValue(), out, err.join());
    }

    private static String text(BufferedReader reader) {
        try (reader) {
            StringWriter text = new StringWriter();
            reader.transferTo(text);
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(around);
        command.add(HOME.resolve("contextgraph").toString());
        command.addAll(List.of(arguments));
        command.addAll(settings);
        ProcessBuilder builder = new ProcessBuilder(command);
        // It says something to the tests, and is no setting.
        builder.environment().remove(TRACES);
        builder.environment().put("CG_DATA_DIR", dataDir.toString());
        builder.environment().put("CG_HTTP_PORT", "0");
        builder.environment().put("CONTEXTGRAPH_JAVA_OPTIONS", javaOptions);
        return builder.start();
    }

    /** Runs a line for the shell in the folder of the distribution; errors go where those of this process go. */
    Process shell(String line) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", line);
        builder.directory(HOME.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CG_DATA_DIR", dataDir.toString());
        return builder.start();
    }

    /** Starts {@code serve} and waits until it listens. */
    Server serve() throws IOException {
        Process process = start("serve");
        List<String> said = new CopyOnWriteArrayList<>();
        BufferedReader err = process.errorReader(StandardCharsets.UTF_8);
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            said.add(line);
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                // What is said from now on must not fill the pipe.
                Thread.ofVirtual().start(() -> drain(err, said));
                return new Server(process, URI.create(listening.group(1)), said);
            }
        }
        throw new AssertionError("serve ended: " + String.join("\n", said));
    }

    private static void drain(BufferedReader reader, List<String> said) {
        try {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said.add(line);
            }
        } catch (IOException ended) {
            // The process has ended, and its output with it.
        }
    }

    /**
     * A running {@code serve}.
     *
     * @param log what it has said so far
     */
    record Server(Process process, URI address, List<String> log) implements AutoCloseable {
        /** Stops it as an operator would, and answers with its exit code. */
        int stop() {
            process.destroy();
            return process.onExit().join().exitValue();
        }

        /** Writes the objects that it needs to a file, as HPROF. */
        Result dumpHeap(Path file) throws IOException {
            String jcmd =
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            String pid = Long.toString(process.pid());
            return result(new ProcessBuilder(jcmd, pid, "GC.heap_dump", file.toString()).start(), jcmd);
        }

        /** What it tells Prometheus. */
        String metrics() throws IOException, InterruptedException {
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpRequest request =
                        HttpRequest.newBuilder(address.resolve("/metrics")).build();
                return client.send(request, HttpResponse.BodyHandlers.ofString())
                        .body();
            }
        }

        /** Kills it, as the kernel would when memory runs out. */
        void kill() {
            process.destroyForcibly();
            process.onExit().join();
        }

        @Override
        public void close() {
            stop();
        }
    }

    /** A folder of traces: the recordings that {@code CG_TRACES_DIR} names, else small ones of our own. */
    static Path traces() {
        return Optional.ofNullable(System.getenv(TRACES))
                .map(Path::of)
                .orElseGet(() -> Path.of("..", "server", "src", "test", "resources", "traces"));
    }
}
