// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.docs.GeneratedDocs;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Commands that need no store, as the operator's book shows them: what it says that they print is what they print. */
class CommandExamplesTest {
    private static final String PAGE = "docs/operations.md";

    /** The command, behind what is set for it in the environment. */
    private static final Pattern EXAMPLE = Pattern.compile(
            "```sh\\n((?:CG_\\S+ )*)\\./contextgraph ((?:config|size) [^\\n]*)\\n```\\n\\n```(text|json)\\n.*?```",
            Pattern.DOTALL);

    private static final Pattern SET = Pattern.compile("(CG_\\w+)=(\\S*)");

    @Test
    void whatTheBookShowsIsPrinted() throws IOException {
        String page = Files.readString(GeneratedDocs.root().resolve(PAGE));
        List<String> commands = new ArrayList<>();
        String told = EXAMPLE.matcher(page).replaceAll(example -> {
            commands.add(example.group(2).split(" ", 2)[0]);
            return Matcher.quoteReplacement(said(example));
        });
        assertThat(commands).contains("config", "size");
        GeneratedDocs.assertUpToDate(PAGE, told);
    }

    private static String said(MatchResult example) {
        Map<String, String> variables = new LinkedHashMap<>();
        SET.matcher(example.group(1)).results().forEach(set -> {
            String ignored = variables.put(set.group(1), set.group(2));
        });
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Surroundings nowhere = TestSurroundings.withoutStores(out, err, variables, Path.of(""));
        assertThat(Cli.run(nowhere, example.group(2).split(" +")))
                .as(err.toString())
                .isEqualTo(ExitCode.OK);
        return "```sh\n" + example.group(1) + "./contextgraph " + example.group(2) + "\n```\n\n```" + example.group(3)
                + "\n" + out + "```";
    }
}
