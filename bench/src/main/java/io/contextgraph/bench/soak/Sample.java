// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/**
 * All gauges at one moment.
 *
 * @param at since the traffic began
 * @param values in bytes or as a number; what this system cannot tell is absent
 */
public record Sample(Duration at, Map<Gauge, Long> values) {
    public Sample {
        values = Map.copyOf(values);
    }

    /** Empty where this system cannot tell. */
    OptionalLong value(Gauge gauge) {
        Long value = values.get(gauge);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    String show(Gauge gauge) {
        OptionalLong value = value(gauge);
        return value.isEmpty() ? "-" : gauge.show(value.getAsLong());
    }
}
