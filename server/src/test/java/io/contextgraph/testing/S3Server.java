// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server that speaks S3 (S3Mock), in a JVM of its own, on a free port; what it holds goes with it, at the latest with this
 * JVM.
 *
 * <p>It takes any keys, and it listens to every address of the machine. Of two that write the same name at the same instant it
 * may tell both that they did: Amazon's tells one.
 */
public final class S3Server implements AutoCloseable {
    private static final Path JAR = Path.of("target/test-servers/s3mock-exec.jar");
    private static final Pattern STARTED =
            Pattern.compile("Tomcat started on ports \\d+ \\(https\\), (\\d+) \\(http\\)");

    private final Path folder;
    private final Process process;
    private final URI endpoint;

    private S3Server(Path folder, Process process, URI endpoint) {
        this.folder = folder;
        this.process = process;
        this.endpoint = endpoint;
    }

    /** Starts one and waits until it answers. */
    public static S3Server start() throws IOException {
        if (Files.notExists(JAR)) {
            throw new IOException("no " + JAR.toAbsolutePath() + ": mvn process-test-resources puts it there");
        }
        Path folder = Files.createTempDirectory("contextgraph-s3");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        "-Xmx192m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-jar",
                        JAR.toAbsolutePath().toString(),
                        "--server.address=127.0.0.1",
                        "--server.port=0",
                        "--com.adobe.testing.s3mock.http-port=0",
                        "--com.adobe.testing.s3mock.store.root=" + folder)
                .redirectErrorStream(true)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            said.append(line).append('\n');
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                Thread drain = new Thread(() -> out.lines().forEach(ignored -> {}), "s3-output");
                drain.setDaemon(true);
                drain.start();
                return new S3Server(folder, process, URI.create("http://127.0.0.1:" + started.group(1)));
            }
        }
        throw new IOException("the server did not start:\n" + said);
    }

    public URI endpoint() {
        return endpoint;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            boolean ignored = process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
