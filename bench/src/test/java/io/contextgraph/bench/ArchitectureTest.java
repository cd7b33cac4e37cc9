// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.contextgraph.testing.Architecture;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The borders of this module, held by a machine. */
class ArchitectureTest {
    private static final JavaClasses PRODUCT = Architecture.product();

    @Test
    void packagesUseOnlyThoseTheyBuildOn() {
        assertThat(PRODUCT).isNotEmpty();
        assertThat(Architecture.faults(
                        PRODUCT,
                        Map.ofEntries(
                                entry("bench.plot", Set.of()),
                                entry("bench.report", Set.of("bench.plot")),
                                entry("bench.server", Set.of("bench.report")),
                                entry("bench.load", Set.of("bench.report", "bench.server")),
                                entry("bench.kill", Set.of("bench.server", "bench.load")),
                                entry("bench.soak", Set.of()),
                                entry("bench.stall", Set.of()),
                                entry("bench.proof", Set.of("bench.report", "bench.server", "bench.load")),
                                entry("bench.archive", Set.of("bench.report", "bench.server", "bench.load")),
                                entry("bench.reading", Set.of("bench.server", "bench.load")),
                                entry(
                                        "bench.partition",
                                        Set.of("bench.report", "bench.server", "bench.load", "bench.reading")),
                                entry("bench.scaling", Set.of("bench.report")),
                                entry(
                                        "bench.tail",
                                        Set.of("bench.report", "bench.server", "bench.load", "bench.stall")),
                                entry(
                                        "bench.growth",
                                        Set.of(
                                                "bench.plot",
                                                "bench.report",
                                                "bench.server",
                                                "bench.load",
                                                "bench.reading")),
                                entry(
                                        "bench",
                                        Set.of(
                                                "bench.plot",
                                                "bench.report",
                                                "bench.server",
                                                "bench.load",
                                                "bench.kill",
                                                "bench.soak",
                                                "bench.stall",
                                                "bench.archive",
                                                "bench.proof",
                                                "bench.reading",
                                                "bench.tail",
                                                "bench.partition",
                                                "bench.scaling",
                                                "bench.growth")))))
                .isEmpty();
    }

    @Test
    void classesAndPackagesCanBeReadWhole() {
        assertThat(Architecture.sizes()).isEmpty();
    }

    @Test
    void testsDoNotSleep() {
        Architecture.requireNoSleep(Architecture.tests());
    }

    @Test
    void namesSayWhatThingsAre() {
        Architecture.requireNames(PRODUCT);
    }
}
