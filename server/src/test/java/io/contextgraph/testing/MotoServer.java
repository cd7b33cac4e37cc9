// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server that speaks KMS and S3 (moto, in Python), in a process of its own, on a free port of the loopback; what it holds
 * goes with it, at the latest with this JVM. Unlike the {@link S3Server} it has versions, locks and rules, and decides who of
 * two was first.
 *
 * <p>It is fetched by pip into {@code target} when it is first needed. It takes any keys.
 */
public final class MotoServer implements AutoCloseable {
    private static final String MOTO = "moto[s3,kms]==5.2.5";
    private static final List<String> SERVER = List.of("flask==3.1.3", "flask-cors==6.0.5");
    private static final Path FOLDER = Path.of("target/test-servers/moto-5.2.5");
    private static final Pattern STARTED = Pattern.compile("listening on (\\d+)");
    private static final long MOST_SECONDS = 300;

    private final Process process;
    private final URI endpoint;

    private MotoServer(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    /** Starts one and waits until it answers; skips the test where it cannot be had. */
    public static MotoServer start(Class<?> test) throws IOException, InterruptedException {
        String missing = fetched();
        Skips.unless(missing.isEmpty(), test, missing);
        Path script = FOLDER.resolve("server-" + ProcessHandle.current().pid() + ".py");
        try (InputStream in = Objects.requireNonNull(MotoServer.class.getResourceAsStream("moto_server.py"))) {
            long ignored = Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        Process process = new ProcessBuilder(python(), script.toString())
                .redirectError(ProcessBuilder.Redirect.to(FOLDER.resolve("log").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                return new MotoServer(process, URI.create("http://127.0.0.1:" + started.group(1)));
            }
        }
        throw new IOException("moto did not start: " + Files.readString(FOLDER.resolve("log")));
    }

    private static String python() {
        return FOLDER.resolve("python/bin/python").toString();
    }

    /** Why it is not there; empty where it is. */
    private static String fetched() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(FOLDER);
        Path done = folder.resolve("done");
        try (FileChannel channel =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && Files.exists(done)) {
                return "";
            }
            Path log = folder.resolve("pip");
            boolean fetched = run(
                            log,
                            List.of(
                                    "python3",
                                    "-m",
                                    "venv",
                                    folder.resolve("python").toString()))
                    && run(
                            log,
                            List.of(
                                    python(),
                                    "-m",
                                    "pip",
                                    "install",
                                    "--quiet",
                                    MOTO,
                                    SERVER.getFirst(),
                                    SERVER.getLast()));
            if (fetched) {
                Path made = Files.createFile(done);
                return Files.exists(made) ? "" : "it was taken away";
            }
            return "moto cannot be fetched by pip: see " + log.toAbsolutePath();
        }
    }

    private static boolean run(Path log, List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
            Process ignored = process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    public URI endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        Process ignored = process.destroyForcibly();
    }
}
