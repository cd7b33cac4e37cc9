// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of which some is written by hand, and some by a program.
 *
 * <p><b>Shape.</b> What stands between {@code <!-- begin NAME -->} and {@code <!-- end NAME -->} is the program's.
 *
 * @param file of the page
 * @param section what belongs there, by its name
 */
public record Sections(Path file, UnaryOperator<String> section) {
    private static final Pattern SECTION =
            Pattern.compile("(<!-- begin (\\S+) -->\n).*?(<!-- end \\2 -->)", Pattern.DOTALL);

    /** The page as it should be. */
    public String content() throws IOException {
        return SECTION.matcher(Files.readString(file))
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1) + "\n" + section.apply(found.group(2)) + "\n" + found.group(3)));
    }

    /** Writes it anew. */
    public void write() throws IOException {
        Files.writeString(file, content());
    }
}
