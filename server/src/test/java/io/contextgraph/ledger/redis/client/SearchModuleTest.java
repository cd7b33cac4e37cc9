// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SearchModuleTest {
    @Test
    void versionsAreNumbers() {
        assertThat(SearchModule.version(21005)).isEqualTo("2.10.5");
        assertThat(SearchModule.version(20813)).isEqualTo("2.8.13");
        assertThat(SearchModule.version(80002)).isEqualTo("8.0.2");
        assertThat(SearchModule.version(81000)).isEqualTo("8.10.0");
    }

    @Test
    void infoTellsTheVersionOfEachModule() {
        assertThat(ServerFacts.parse("""
                # ServerFacts
                redis_version:8.6.6
                # Modules
                module:name=vectorset,ver=1,api=1,filters=0,usedby=[],using=[],options=[handle-io-errors]
                module:name=search,ver=80002,api=1,filters=0,usedby=[],using=[ReJSON],options=[handle-io-errors]
                """))
                .isEqualTo(Map.of("redis_version", "8.6.6", "module_vectorset", "1", "module_search", "80002"));
    }

    @Test
    void generationsHaveTheNamesOfTheCommandLine() {
        for (SearchGeneration generation : SearchGeneration.values()) {
            assertThat(SearchGeneration.parse(generation.configName())).contains(generation);
        }
        assertThat(SearchGeneration.parse("both")).isEmpty();
    }
}
