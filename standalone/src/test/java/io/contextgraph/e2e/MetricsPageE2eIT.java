// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.docs.GeneratedDocs;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of metrics is what a server tells of them. */
class MetricsPageE2eIT {
    private static final Pattern ABOUT = Pattern.compile("# (HELP|TYPE) (contextgraph_\\w+) (.*)");
    private static final Pattern SERIES = Pattern.compile("(contextgraph_\\w+)\\{(.*)\\} .*");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    /** Whose values depend on how a server is set up, or are those of the contract. */
    private static final Set<String> OPEN = Set.of("concern", "check", "route", "method", "status", "le", "partition");

    private static final String HEAD = """
            # Metrics

            <!-- Made from what a server tells: mvn verify -pl standalone -am -Dit.test=MetricsPageE2eIT -Dcontextgraph.update-docs=true -->

            `GET /metrics` of every server, in the text format of Prometheus. A family is there from the start, with its series at zero; a
            gauge is `NaN` while the store that it is asked of does not answer. Times are in seconds, sizes in bytes, all else is a number.
            What is by `partition` has that label only where the ledger has several.
            Names stay; one that changes keeps the old beside it for a release. [alerts.yaml](../deploy/alerts.yaml) has alerts on them
            ([runbook](runbook.md)), [dashboard.json](../deploy/dashboard.json) is a dashboard for Grafana, and
            [operations](operations.md#health-and-metrics) says how to read them.

            ## What must hold

            - `contextgraph_http_events_received_total` = the sum of `contextgraph_http_events_total` over its outcomes, once all is answered:
              received = stored + duplicate + refused.
            - `contextgraph_otlp_records_total`: each record that came is in exactly one outcome: received = added + duplicate + refused + skipped.
            - `contextgraph_events_appended_total` counts each event that the ledger has judged, whoever brought it: clients, OTLP, imports, the
              product's own record.
            - `contextgraph_projection_head_seq` - `contextgraph_projection_seen_seq` = `contextgraph_projection_lag_events`, in each partition.
            - `contextgraph_index_documents` + `contextgraph_cold_documents` = `contextgraph_documents`, but for a moment and while an index is built.
            - `contextgraph_stream_entries` <= `contextgraph_documents`: entries leave earlier.
            - `contextgraph_redis_memory_used_bytes` < `contextgraph_redis_memory_max_bytes`, and `contextgraph_redis_keys_evicted` = 0.
            - `contextgraph_concern` = 0 for every concern, `contextgraph_ready` = 1 for every check; `projection` only where a server feeds the graph.

            ## All of them

            | metric | type | by | what it is |
            | --- | --- | --- | --- |
            """;

    private static final String FOOT = """

            Beside these: `jvm_*`, `process_*` and `system_*` of [Micrometer](https://docs.micrometer.io/micrometer/reference/reference/jvm.html),
            about the process and its machine. `contextgraph_import_*` are written by `contextgraph import --metrics FILE`, for a collector
            of text files: [import](import.md).
            """;

    @TempDir
    private Path dataDir = Path.of("");

    private static final class Family {
        private String type = "";
        private String help = "";
        private final Map<String, Set<String>> labels = new TreeMap<>();
    }

    @Test
    void thePageIsWhatAServerTells() throws Exception {
        Map<String, Family> families = new TreeMap<>();
        try (Distribution.Server server =
                new Distribution(dataDir).with("--redis.partitions=3").serve()) {
            server.metrics().lines().forEach(line -> read(line, families));
        }
        assertThat(families).hasSizeGreaterThan(60);
        assertThat(families.values()).allMatch(family -> !family.help.isBlank());
        StringBuilder page = new StringBuilder(HEAD);
        families.forEach((name, family) -> page.append("| `")
                .append(name)
                .append("` | ")
                .append(family.type)
                .append(" | ")
                .append(labels(family))
                .append(" | ")
                .append(family.help)
                .append(" |\n"));
        GeneratedDocs.assertUpToDate("docs/metrics.md", page.append(FOOT).toString());
    }

    private static void read(String line, Map<String, Family> families) {
        Matcher about = ABOUT.matcher(line);
        Matcher series = SERIES.matcher(line);
        if (about.matches()) {
            Family family = families.computeIfAbsent(about.group(2), name -> new Family());
            if (about.group(1).equals("TYPE")) {
                family.type = about.group(3);
            } else {
                family.help = about.group(3);
            }
        } else if (series.matches()) {
            String name = series.group(1);
            Family family =
                    families.getOrDefault(name, families.get(name.replaceFirst("_(bucket|count|sum|max)$", "")));
            if (family != null) {
                LABEL.matcher(series.group(2))
                        .results()
                        .forEach(label -> family.labels
                                .computeIfAbsent(label.group(1), any -> new TreeSet<>())
                                .add(label.group(2)));
            }
        }
    }

    private static String labels(Family family) {
        return family.labels.entrySet().stream()
                .filter(label -> !label.getKey().equals("le"))
                .map(label -> "`" + label.getKey() + "`"
                        + (OPEN.contains(label.getKey()) ? "" : ": " + String.join(", ", label.getValue())))
                .collect(Collectors.joining("; "));
    }
}
