// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.testing.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page says of every place that keeps or wraps keys what a destroyed one means there, and which rights it needs. */
class PrivacyPageTest {
    private static final Pattern RIGHT = Pattern.compile("\\b(?:s3|kms):[A-Z][A-Za-z]+");

    private static String page() throws IOException {
        return Files.readString(GeneratedDocs.root().resolve("docs/privacy.md"));
    }

    private static List<String> rowsOf(String heading) throws IOException {
        return page().lines()
                .dropWhile(line -> !line.startsWith("| " + heading))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .toList();
    }

    @Test
    void everyStoreOfKeysHasARow() throws IOException {
        named(WrappedKeyStore.class, rowsOf("where data keys are"));
    }

    @Test
    void everyWrapperOfKeysHasARow() throws IOException {
        named(KeyWrapper.class, rowsOf("what wraps data keys"));
    }

    /** Those in memory are for tests; that of the settings opens one of the others. */
    private static void named(Class<?> port, List<String> rows) {
        Set<String> homes = new TreeSet<>();
        Architecture.product().stream()
                .filter(type -> type.isAssignableTo(port) && !type.isInterface())
                .map(type -> type.getPackageName().replace("io.contextgraph.", ""))
                .filter(home -> !home.equals("privacy.key") && !home.equals("privacy.setup"))
                .forEach(homes::add);
        assertThat(homes).isNotEmpty();
        assertThat(rows).hasSameSizeAs(homes);
        assertThat(homes).allSatisfy(home -> assertThat(rows).anyMatch(row -> row.contains("`" + home + "`")));
    }

    /** Whoever lacks a right is told its name: the page has it too. */
    @Test
    void everyRightThatAnErrorNamesIsOnThePage() throws IOException {
        Path sources = GeneratedDocs.root().resolve("server/src/main/java/io/contextgraph");
        List<String> rights = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                Matcher matcher = RIGHT.matcher(Files.readString(file));
                while (matcher.find()) {
                    rights.add(matcher.group());
                }
            }
        }
        assertThat(rights).hasSizeGreaterThan(8);
        String page = page();
        assertThat(rights).allSatisfy(right -> assertThat(page).contains("`" + right + "`"));
    }
}
