// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a benchmark runs on. */
public final class Setting {
    private Setting() {}

    /** Machine, operating system, Java, the commit of the working folder, the time. */
    public static Map<String, String> here() {
        Map<String, String> setting = new LinkedHashMap<>();
        setting.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        setting.put("commit", commit());
        setting.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        setting.put("cpu", firstMatch(Path.of("/proc/cpuinfo"), "model name"));
        setting.put("memory", firstMatch(Path.of("/proc/meminfo"), "MemTotal"));
        setting.put("disk", disk());
        setting.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        setting.put(
                "load before",
                "%.2f".formatted(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        setting.put("java", Runtime.version().toString());
        return setting;
    }

    private static String commit() {
        boolean changed =
                !run("git", "status", "--porcelain", "--untracked-files=no").isEmpty();
        return run("git", "rev-parse", "--short", "HEAD") + (changed ? " with changes" : "");
    }

    /** The file system under the servers' folders: on one in memory, syncing would cost nothing. */
    private static String disk() {
        try {
            return Files.getFileStore(Path.of(System.getProperty("java.io.tmpdir")))
                    .type();
        } catch (IOException unknown) {
            return "unknown";
        }
    }

    private static String firstMatch(Path file, String name) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException notLinux) {
            return "unknown";
        }
    }

    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? output : "unknown";
        } catch (IOException unknown) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
