// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every alert has its section in the runbook and its test, and the other way round. */
class AlertsTest {
    private static final Path REPOSITORY = Path.of("..");

    @Test
    void everyAlertIsExplainedAndTried() throws IOException {
        String rules = read("deploy/alerts.yaml");
        Set<String> alerts = all("(?m)^ +- alert: (\\S+)$", rules);
        assertThat(alerts).isNotEmpty();
        assertThat(all("(?m)^## (\\S+)$", read("docs/runbook.md"))).isEqualTo(alerts);
        assertThat(all("(?m)^ +runbook: docs/runbook\\.md#(\\S+)$", rules))
                .isEqualTo(alerts.stream()
                        .map(alert -> alert.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toCollection(TreeSet::new)));
        // Each is seen to be raised: what is expected stands behind its name.
        assertThat(all("alertname: (\\S+)\\n +exp_alerts:", read("deploy/alerts-test.yaml")))
                .isEqualTo(alerts);
    }

    private static Set<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String read(String file) throws IOException {
        return Files.readString(REPOSITORY.resolve(file));
    }
}
