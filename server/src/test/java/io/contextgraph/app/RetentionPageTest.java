// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.cli.Cli;
import io.contextgraph.cli.InMemoryWorkspace;
import io.contextgraph.cli.TestSurroundings;
import io.contextgraph.cli.console.ExitCode;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the page about retention shows works. */
class RetentionPageTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
    private static final Path REPOSITORY = Path.of("..");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private final InMemoryWorkspace stores = new InMemoryWorkspace(CLOCK);

    private static List<String> all(String pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String read(String file) throws IOException {
        return Files.readString(REPOSITORY.resolve(file));
    }

    private static String section(String page, String heading) {
        String rest = page.substring(page.indexOf(heading + "\n") + heading.length());
        Matcher next = Pattern.compile("(?m)^## ").matcher(rest);
        return next.find() ? rest.substring(0, next.start()) : rest;
    }

    @Test
    void whatThePageShowsWorks() throws IOException {
        String page = read("docs/operations.md");
        List<String> commands = new ArrayList<>();
        all("(?m)^(contextgraph .*)$", section(page, "## Retention")).forEach(commands::add);
        assertThat(commands).isNotEmpty();
        for (String command : commands) {
            List<String> words = new ArrayList<>();
            Matcher matcher = WORD.matcher(command);
            while (matcher.find()) {
                words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
            }
            assertThat(run(words.subList(1, words.size()).toArray(String[]::new)))
                    .as(command)
                    .isEqualTo(ExitCode.OK);
        }
    }

    private int run(String... arguments) {
        return Cli.run(
                TestSurroundings.of(
                        new StringWriter(),
                        new StringWriter(),
                        Map.of(),
                        (settings, needs, progress) -> stores,
                        RemoteWorkspace::open,
                        CLOCK,
                        REPOSITORY),
                arguments);
    }
}
