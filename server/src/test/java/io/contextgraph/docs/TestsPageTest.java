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
                It takes some twenty-five minutes on two cores. Two test classes run at a time, three where they need no Neo4j, each in a
                JVM with servers of its own; the workers that feed the graph are killed alone. Benchmarks only have to work: two run at a
                time, or one beside the kills of server and Redis, with servers that start quickly.

                ```sh
                mvn verify -Plong
                ```

                runs the same tests, and those that could always go further go further; benchmarks run one after another, with servers as
                they are measured. It is meant to stay under fifty minutes.

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

                ## The API, explored

                With `contextgraph.api.seconds` above 0, which the long form sets, the server that was built is asked by
                [schemathesis](https://schemathesis.readthedocs.io) what nobody thought of: requests that the contract allows, requests that it
                forbids, and chains of both. It fails on an answer of 500, a status, header or body that is not documented, a sound request that
                is refused and an unsound one that is not. Anybody asks a server without keys; then, with keys, somebody without one, with one
                of each role, and with one of all roles. The seed is printed. The contract is linted by Redocly, with its recommended
                rules and none left out ([redocly.yaml](../redocly.yaml)). Both are fetched in the versions that the test names. Alone:

                ```sh
                mvn verify -pl standalone -am -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=ApiExplorationE2eIT -Dcontextgraph.api.seconds=480
                ```

                What a contract cannot say, or a machine cannot make up, is taken out of the copy that is explored; other tests look at it:

                | left out | why |
                | --- | --- |
                | the live stream | it never ends |
                | batches as lines (NDJSON) | OpenAPI 3.1 has no words for a stream of values |
                | the signpost `/` | its addresses have placeholders, which are taken for ids |
                | events of a batch that are none | each is judged alone, in an answer of 201 |
                | whole numbers written `1.0` | JSON Schema takes them for whole, an event does not |
                | `cursor`, `min_position` | only the server makes them; what is made up is refused |
                | `to` of a search | refused where it is before `from` |
                | `query` of a context | not supported yet, always refused |
                | `data_subject_id`, `ended_at` of an event, times of the future | refused for reasons that lie beside the field |
                | `Durability: replicated` | there is no replica |
                | that what was deleted is not found any more | to delete an operation means to end it |

                AWS KMS and a bucket that keeps versions are [moto](https://docs.getmoto.org), in Python, fetched by pip into `target` in the version that
                the test names; what Amazon does and moto does not is added to it in [moto_server.py](../server/src/test/resources/io/contextgraph/testing/moto_server.py).

                ## The console

                What people see is looked at by a real Chromium that Selenium drives (Debian: `chromium` and `chromium-driver`), with the sample, with texts
                that mean harm, with each role and with none; [axe](https://github.com/dequelabs/axe-core) looks for what keeps somebody from using it.

                A test that needs a server, or a browser, which is not there says so and is skipped, if
                [allowed-skips.txt](../server/src/test/resources/allowed-skips.txt) names it; otherwise it fails.
                """);
        GeneratedDocs.assertUpToDate("docs/tests.md", page.toString());
    }
}
