// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.witness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.proof.note.VerifierKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The witness {@code aics-witness}, as its authors published it, in a process and with a key of its own. */
public final class AicsWitness implements AutoCloseable {
    private static final Path REQUIREMENTS =
            Path.of("src/test/checkers/witness/requirements.txt").toAbsolutePath();
    private static final Path CHECKERS = Path.of("target/checkers").toAbsolutePath();
    private static final Path PYTHON = CHECKERS.resolve("witness");
    private static final Pattern LISTENS = Pattern.compile("listening on (http://[^ ]+)");
    private static final long MOST_SECONDS = 300;

    private final Path folder;
    private final Process process;
    private final Witness witness;

    private AicsWitness(Path folder, Process process, Witness witness) {
        this.folder = folder;
        this.process = process;
        this.witness = witness;
    }

    /** Starts one that knows a log, and waits until it listens; fails where it cannot be had. */
    public static AicsWitness start(Path folder, String origin, VerifierKey log)
            throws IOException, InterruptedException {
        install();
        String key = run(folder, "init", "--name", "witness.example/aics", "--listen", "127.0.0.1:0")
                .lines()
                .filter(line -> line.startsWith("witness.example/aics+"))
                .findFirst()
                .orElseThrow();
        assertThat(run(folder, "add-log", "--origin", origin, "--vkey", log.toString()))
                .contains(origin);
        Process process = new ProcessBuilder(command("serve"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        BufferedReader out = process.inputReader(UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher listens = LISTENS.matcher(line);
            if (listens.find()) {
                Thread ignored = Thread.startVirtualThread(() -> out.lines().forEach(more -> {}));
                return new AicsWitness(folder, process, Witness.parse(key + " " + listens.group(1)));
            }
            said.append(line).append('\n');
        }
        Process ended = process.destroyForcibly();
        throw new AssertionError("aics-witness did not start: " + ended.waitFor() + "\n" + said);
    }

    private static void install() throws IOException, InterruptedException {
        Path checkers = Files.createDirectories(CHECKERS);
        Path done = PYTHON.resolve("requirements.txt");
        try (FileChannel channel = FileChannel.open(
                        CHECKERS.resolve("witness.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && Files.exists(done) && Files.mismatch(done, REQUIREMENTS) < 0) {
                return;
            }
            String said = ran(checkers, List.of("python3", "-m", "venv", "--clear", PYTHON.toString()));
            assertThat(Files.isExecutable(python()))
                    .as("this test needs python3 with venv, 3.11 or newer: %s", said)
                    .isTrue();
            String ignored = ran(
                    PYTHON,
                    List.of(
                            python().toString(),
                            "-m",
                            "pip",
                            "install",
                            "--quiet",
                            "--no-deps",
                            "--ignore-requires-python",
                            "--only-binary=:all:",
                            "--require-hashes",
                            "-r",
                            REQUIREMENTS.toString()));
            Path made = Files.copy(REQUIREMENTS, done);
            assertThat(made).exists();
        }
    }

    private static Path python() {
        return PYTHON.resolve("bin/python");
    }

    private static List<String> command(String action, String... more) {
        List<String> command = new ArrayList<>(List.of(python().toString(), "-m", "aics_witness", action));
        command.addAll(List.of(more));
        return command;
    }

    private static String run(Path folder, String action, String... more) throws IOException, InterruptedException {
        return ran(folder, command(action, more));
    }

    /** What a command says; it must end well. */
    private static String ran(Path folder, List<String> command) throws IOException, InterruptedException {
        Path log = Files.createTempFile("witness", ".log");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
            String said = Files.readString(log);
            assertThat(ended && process.exitValue() == 0)
                    .as(
                            "this test needs python3 with venv, 3.11 or newer, and what %s lists; %s: %s",
                            REQUIREMENTS, String.join(" ", command), said)
                    .isTrue();
            return said;
        } finally {
            Process ignored = process.destroyForcibly();
            Files.delete(log);
        }
    }

    public Witness witness() {
        return witness;
    }

    /** The size at which it has cosigned a log last. */
    public long seen(String origin) throws IOException, InterruptedException {
        JsonNode logs = Json.MAPPER.readTree(run(folder, "status", "--json")).required("logs");
        return logs.valueStream()
                .filter(log -> log.required("origin").stringValue().equals(origin))
                .mapToLong(log -> log.required("size").longValue())
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        Process ignored = process.destroyForcibly();
    }
}
