// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import io.contextgraph.testing.Extent;
import org.junit.jupiter.api.Test;

class TestsPageTest {
    @Test
    void testsPage() {
        StringBuilder page = new StringBuilder("""
                # Tests

                ```sh
                mvn verify
                ```

                runs every test: the unit tests, then those with a real Redis and a real Neo4j, then those of the distribution that was built.
                It is meant to stay under ten minutes on two cores. Two test classes run at a time, three where they need no Neo4j, each in a
                JVM with servers of its own; those that kill processes run alone. Benchmarks only have to work: two run at a time, with
                servers that start quickly.

                ```sh
                mvn verify -Plong
                ```

                runs the same tests, and those that could always go further go further; benchmarks run one after another, with servers as
                they are measured. It is meant to stay under forty minutes.

                | property | `mvn verify` | `-Plong` | what it says |
                | --- | --- | --- | --- |
                """);
        for (Extent extent : Extent.values()) {
            page.append("| `%s` | %,d | %,d | %s |%n"
                    .formatted(extent.property(), extent.shortForm(), extent.longForm(), extent.meaning()));
        }
        page.append("""

                A property sets one of them alone. With `-Dcontextgraph.seed=...`, as a test prints it, its random choices are repeated.
                One class, with all that it needs:

                ```sh
                mvn verify -pl standalone -am -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=ProjectionChaosE2eIT -Dcontextgraph.chaos.seconds=1800
                ```

                A test that needs a server which is not there says so and is skipped, if
                [allowed-skips.txt](../server/src/test/resources/allowed-skips.txt) names it; otherwise it fails.
                """);
        GeneratedDocs.assertUpToDate("docs/tests.md", page.toString());
    }
}
