// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.proof.audit.AuditFault;
import io.contextgraph.proof.audit.AuditReport;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page for auditors names every verdict, with what the command ends with, and every kind of fault. */
class ProofPageTest {
    private static String page() throws IOException {
        return Files.readString(GeneratedDocs.root().resolve("docs/proof.md"));
    }

    /** The first two cells of each row of a table. */
    private static List<String> rows(String head) throws IOException {
        String page = page();
        int begin = page.indexOf(head);
        assertThat(begin).as(head).isPositive();
        String table = page.substring(begin, page.indexOf("\n\n", begin));
        return Pattern.compile("(?m)^\\| `([a-z]+)` \\| ([^|]*) \\|")
                .matcher(table)
                .results()
                .map(row -> row.group(1) + " " + row.group(2))
                .toList();
    }

    @Test
    void everyVerdictIsThereWithItsExitCode() throws IOException {
        assertThat(rows("| verdict | exit code |"))
                .containsExactly(
                        "whole " + ExitCode.OK, "incomplete " + ExitCode.UNSETTLED, "faulty " + ExitCode.FINDINGS)
                .hasSameSizeAs(AuditReport.Verdict.values());
    }

    @Test
    void everyFaultIsThereInItsOrder() throws IOException {
        assertThat(rows("| fault | what was found |").stream().map(row -> row.split(" ", 2)[0]))
                .containsExactlyElementsOf(Arrays.stream(AuditFault.Kind.values())
                        .map(AuditFault.Kind::wireName)
                        .toList());
    }
}
