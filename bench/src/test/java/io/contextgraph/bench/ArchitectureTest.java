// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

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
                        Map.of(
                                "bench.report", Set.of(),
                                "bench.server", Set.of("bench.report"),
                                "bench.load", Set.of("bench.report", "bench.server"),
                                "bench.kill", Set.of(),
                                "bench.soak", Set.of(),
                                "bench.stall", Set.of(),
                                "bench.archive", Set.of("bench.report", "bench.server", "bench.load"),
                                "bench",
                                        Set.of(
                                                "bench.report",
                                                "bench.server",
                                                "bench.load",
                                                "bench.kill",
                                                "bench.soak",
                                                "bench.stall",
                                                "bench.archive"))))
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
