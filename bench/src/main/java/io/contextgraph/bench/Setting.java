// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a benchmark runs on. */
final class Setting {
    private Setting() {}

    /** Machine, operating system, Java and the commit of the working folder. */
    static Map<String, String> here() {
        Map<String, String> setting = new LinkedHashMap<>();
        setting.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        setting.put("cpu", firstMatch(Path.of("/proc/cpuinfo"), "model name"));
        setting.put("memory", firstMatch(Path.of("/proc/meminfo"), "MemTotal"));
        setting.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        setting.put("java", Runtime.version().toString());
        setting.put("commit", run("git", "rev-parse", "--short", "HEAD"));
        return setting;
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

    static String run(String... command) {
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
