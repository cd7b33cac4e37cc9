// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

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
                        PRODUCT, Map.of("standalone.redis", Set.of(), "standalone", Set.of("standalone.redis"))))
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
