// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.bench.report.Sections;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ScalingPageTest {
    /** What is simulated and calculated comes out the same again, and what was measured is what the file says. */
    @Test
    void thePageShowsExactlyWhatComesOut() throws IOException {
        Sections page = ScalingPage.in(Path.of("..", "docs"));
        String content = page.content();
        assertThat(page.file()).as("run bench/run report").content().isEqualTo(content);
        assertThat(content)
                .contains(
                        "<!-- begin measured -->",
                        "<!-- begin hot-sessions -->",
                        "<!-- begin more-partitions -->",
                        "<!-- begin more-nodes -->",
                        "<!-- begin daily-loads -->");
    }
}
