// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read from two scrapes. */
class ServerHistogramTest {
    private static String scrape(int half, int one, int all) {
        return """
                # HELP requests_bucket
                requests_bucket{route="/v1/events",status="201",le="5.0E-4"} %d
                requests_bucket{route="/v1/events",status="201",le="0.001"} %d
                requests_bucket{route="/v1/events",status="201",le="+Inf"} %d
                requests_bucket{route="/metrics",status="200",le="+Inf"} 99
                """.formatted(half, one, all);
    }

    private static ServerHistogram counted(String before, String after) throws IOException {
        return ServerHistogram.between(before, after, "requests_bucket", "route=\"/v1/events\",status=\"201\"");
    }

    @Test
    void onlyWhatCameInBetweenCounts() throws IOException {
        ServerHistogram counted = counted(scrape(100, 200, 200), scrape(150, 299, 300));
        assertThat(counted.shares(List.of(0.5, 1.0))).containsExactly("50.00%", "99.00%");
        assertThat(counted.bound(50)).isEqualTo("up to 0.50");
        assertThat(counted.bound(99)).isEqualTo("up to 1.00");
        assertThat(counted.bound(99.9)).isEqualTo("more");
    }

    @Test
    void nothingIsAFault() {
        assertThatThrownBy(() -> counted(scrape(1, 2, 3), scrape(1, 2, 3)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has counted nothing");
    }
}
