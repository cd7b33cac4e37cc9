// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.contextgraph.ops.Concern;
import io.contextgraph.testing.Architecture;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
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

    /** The families that a ledger of several partitions has for each of them. */
    private static Set<String> familiesOfPartitions() throws IOException {
        return all("(?m)^\\| `(\\w+)` \\|[^|]*\\|[^|]*`partition`", read("docs/metrics.md"));
    }

    @Test
    void anAlertOnWhatAPartitionHasSaysWhichAndIsTriedWithSeveral() throws IOException {
        Set<String> families = familiesOfPartitions();
        assertThat(families).contains("contextgraph_projection_lag_seconds", "contextgraph_backup_failing");
        Set<String> reading = new TreeSet<>();
        Set<String> saying = new TreeSet<>();
        Pattern.compile("- alert: (\\S+)\\n +expr: (.*)\\n(?s:.*?)summary: (.*)\\n")
                .matcher(read("deploy/alerts.yaml"))
                .results()
                .forEach(rule -> {
                    Set<String> read = all("(contextgraph_\\w+)", rule.group(2));
                    if (read.stream().anyMatch(families::contains)) {
                        reading.add(rule.group(1));
                    }
                    if (rule.group(3).contains("{{ with $labels.partition }} (partition {{ . }}){{ end }}")) {
                        saying.add(rule.group(1));
                    }
                });
        assertThat(saying).isEqualTo(reading);
        assertThat(all(
                        "alertname: (\\S+)\\n +exp_alerts:\\n +- exp_labels:\\n(?: +file: .*\\n)? +partition: ",
                        read("deploy/alerts-test.yaml")))
                .isEqualTo(reading);
    }

    /** The greatest or the least of all partitions would hide what the others are. */
    @Test
    void noPanelTakesOnePartitionForAll() throws IOException {
        Set<String> taken = all(
                "\\b(?:max|min)(?: by \\((?![^)]*partition)[^)]*\\))? ?\\((contextgraph_\\w+)",
                read("deploy/dashboard.json"));
        assertThat(taken).isNotEmpty().doesNotContainAnyElementsOf(familiesOfPartitions());
    }

    /** What health can say is under concerns, wherever in the code it is named. */
    private static Set<String> concerns() throws ReflectiveOperationException {
        Set<String> names = new TreeSet<>();
        for (JavaClass one : Architecture.product()) {
            for (JavaField field : one.getFields()) {
                if (field.getRawType().isEquivalentTo(Concern.class)
                        && field.getModifiers().contains(JavaModifier.STATIC)) {
                    Field constant = field.reflect();
                    constant.setAccessible(true);
                    names.add(((Concern) Objects.requireNonNull(constant.get(null))).name());
                }
            }
        }
        return names;
    }

    @Test
    void everyConcernLeadsToASectionAndIsToldOfInThePageForOperators() throws Exception {
        Set<String> concerns = concerns();
        assertThat(concerns).contains("redis_unavailable", "certificate_unusable", "backup_late");
        String runbook = read("docs/runbook.md");
        String table = runbook.substring(runbook.indexOf("| concern | section |"), runbook.indexOf("\n## "));
        assertThat(all("`([a-z0-9_]+)`", table)).isEqualTo(concerns);
        assertThat(all("(?m)\\]\\(#(\\S+?)\\)", table))
                .isSubsetOf(all("(?m)^## (\\S+)$", runbook).stream()
                        .map(alert -> alert.toLowerCase(Locale.ROOT))
                        .toList());
        assertThat(all("`([a-z0-9_]+)`", read("docs/operations.md"))).containsAll(concerns);
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
