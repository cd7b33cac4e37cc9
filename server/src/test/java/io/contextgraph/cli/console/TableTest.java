// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    private final StringWriter out = new StringWriter();

    @Test
    void columnsAreAsWideAsTheyNeedToBe() {
        Table table = new Table("A", "LONG HEADING", "LAST");
        table.add("x", 1, "end");
        table.add("longer", 22, "");
        table.print(console(0));
        assertThat(out).hasToString("""
                A       LONG HEADING  LAST
                x       1             end
                longer  22
                """);
    }

    @Test
    void onATerminalLinesEndAtItsEdge() {
        Table table = new Table("A", "B");
        table.add("x", "0123456789".repeat(4));
        table.print(console(20));
        assertThat(out).hasToString("A  B\nx  0123456789012345…\n");
    }

    @Test
    void whatAgentsWriteCannotSteerTheTerminal() {
        assertThat(Console.safe("a\u001b[2Jb\nc\u0085d\u202Ee")).isEqualTo("a\\u001b[2Jb c\\u0085d\\u202ee");
        assertThat(Console.safe("👩\u200D🔬 ok")).isEqualTo("👩\u200D🔬 ok");
    }

    @Test
    void cuttingNeverSplitsACharacter() {
        assertThat(Console.cut("👩👩👩", 2)).isEqualTo("👩…");
        assertThat(Console.cut("  short  ", 10)).isEqualTo("short");
    }

    private Console console(int columns) {
        return new Console(new PrintWriter(out, true), new PrintWriter(new StringWriter()), columns);
    }
}
