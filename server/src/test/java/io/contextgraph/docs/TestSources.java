// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sources of all tests, as text. */
final class TestSources {
    private static final Pattern EXTENDS = Pattern.compile("\\bextends (\\w+)");

    /** By the name of the class. */
    private final Map<String, String> texts;

    /** Tests, what they extend, kits that are in them, and so on. */
    private final Set<String> run = new HashSet<>();

    private TestSources(Map<String, String> texts) {
        this.texts = texts;
        Deque<String> next = new ArrayDeque<>();
        texts.keySet().stream().filter(TestSources::isTest).forEach(next::add);
        while (!next.isEmpty()) {
            String one = next.remove();
            if (run.add(one)) {
                Matcher kits = EXTENDS.matcher(texts.getOrDefault(one, ""));
                while (kits.find()) {
                    next.add(kits.group(1));
                }
            }
        }
    }

    static TestSources read(Path root) {
        Map<String, String> texts = new HashMap<>();
        for (String module : List.of("server", "standalone", "standalone/redis", "bench")) {
            read(root.resolve(module).resolve("src/test/java"), texts);
        }
        return new TestSources(texts);
    }

    private static void read(Path folder, Map<String, String> texts) {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".java")) {
                        // A class of the same name in another module is another one's architecture or package.
                        texts.merge(name.replace(".java", ""), Files.readString(file), String::concat);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TestSources without(String... names) {
        Map<String, String> others = new HashMap<>(texts);
        others.keySet().removeAll(List.of(names));
        return new TestSources(others);
    }

    static boolean isTest(String name) {
        return name.endsWith("Test") || name.endsWith("IT");
    }

    boolean has(String name, String method) {
        return texts.getOrDefault(name, "").contains("void " + method + "(");
    }

    boolean hasTests(String name) {
        String text = texts.getOrDefault(name, "");
        return text.contains("@Test") || text.contains("@ParameterizedTest");
    }

    /** Whether a test is this class, or extends it, or a kit that does, or one that has such a kit in it. */
    boolean isRun(String name) {
        return run.contains(name);
    }
}
