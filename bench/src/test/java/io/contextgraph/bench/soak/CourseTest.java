// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CourseTest {
    private static final int MINUTES = 30;
    private static final long MIB = 1 << 20;

    private static Sample sample(long minute, Gauge gauge, long value) {
        Map<Gauge, Long> values = new EnumMap<>(Gauge.class);
        for (Gauge each : Gauge.values()) {
            values.put(each, each == Gauge.LAG || each == Gauge.ERRORS ? 0 : 1L);
        }
        values.put(Gauge.HEAP, 15 * MIB);
        values.put(Gauge.EVENTS, minute * 5000);
        values.put(gauge, value);
        return new Sample(Duration.ofMinutes(minute), values);
    }

    private static List<String> faults(Gauge gauge, LongUnaryOperator valueAtMinute) {
        return new Course(
                        sample(0, gauge, valueAtMinute.applyAsLong(0)),
                        LongStream.rangeClosed(1, MINUTES)
                                .mapToObj(minute -> sample(minute, gauge, valueAtMinute.applyAsLong(minute)))
                                .toList(),
                        sample(MINUTES + 1, gauge, valueAtMinute.applyAsLong(MINUTES + 1)))
                .faults();
    }

    @Test
    void whatComesBackIsNoFault() {
        assertThat(faults(Gauge.THREADS, minute -> minute == 0 || minute > MINUTES ? 30 : 200))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "THREADS",
                "VIRTUAL_THREADS",
                "DESCRIPTORS",
                "HTTP_CONNECTIONS",
                "REDIS_CONNECTIONS",
                "NEO4J_CONNECTIONS",
                "REDIS_CLIENTS",
                "REDIS_BLOCKED"
            })
    void whatIsHeldAndGrowsIsAFault(Gauge gauge) {
        assertThat(faults(gauge, minute -> 1 + minute)).anyMatch(fault -> fault.startsWith(gauge.meaning()));
    }

    @Test
    void aHeapThatGrowsByAMegabyteAMinuteIsAFault() {
        assertThat(faults(Gauge.HEAP, minute -> (15 + minute) * MIB))
                .singleElement(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .startsWith(Gauge.HEAP.meaning());
    }

    @Test
    void aHeapMayGrowByFourBytesForAnEvent() {
        assertThat(faults(Gauge.HEAP, minute -> 15 * MIB + minute * 5000 * Course.BYTES_PER_EVENT))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"LAG", "ERRORS"})
    void whatMustBeNothingAtTheEndIsAFault(Gauge gauge) {
        assertThat(faults(gauge, minute -> minute > MINUTES ? 1 : 0)).hasSize(1);
    }
}
