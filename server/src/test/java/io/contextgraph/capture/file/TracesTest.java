// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.format.Format;
import io.contextgraph.docs.GeneratedDocs;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Small traces of our own making, of every shape in which agents' tools write theirs. */
class TracesTest extends TracesContract {
    TracesTest() {
        super(GeneratedDocs.root().resolve("server/src/test/resources/traces"), "traces.txt");
    }

    @Test
    void everyTraceFormatIsThere() {
        assertThat(all().stream().map(captured -> captured.format).collect(Collectors.toSet()))
                .isEqualTo(EnumSet.range(Format.EVENTS, Format.SDK_DUMP));
    }

    @Test
    void stepsAndCallsAreCounted() {
        Map<String, Integer> steps = Map.of(
                "oven-12.text.traj", 3,
                "oven-13.function_calling.traj", 3,
                "price-14.newest.traj.gz", 2,
                "simple-15.traj", 2,
                "late-16.traj", 1);
        steps.forEach((file, expected) -> {
            Captured run = read("swe-agent/" + file);
            assertThat(count(run, "tool.execute")).as(file).isEqualTo(expected.longValue());
            assertThat(count(run, "llm.chat")).as(file).isEqualTo(expected.longValue());
        });
    }

    /** Each event of each file: type, agent, number of its parent, tool, status, times. */
    @Test
    void everyEventIsAsTheListSays() {
        StringBuilder list = new StringBuilder();
        for (Path file : files()) {
            Captured captured = Captured.read(file);
            if (!captured.events.isEmpty()) {
                list.append(name(file)).append('\n');
                captured.table().forEach(line -> list.append("  ").append(line).append('\n'));
            }
        }
        GeneratedDocs.assertUpToDate("server/src/test/resources/capture/events.txt", list.toString());
    }
}
