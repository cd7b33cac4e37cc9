// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SizeEstimateTest {
    private static final Stay STANDARD = new Stay(7, 90, 30);

    @Test
    void daysAreInOneTierEach() {
        assertThat(STANDARD.after(365)).isEqualTo(new Stay.Days(7, 83, 30, 245));
        assertThat(STANDARD.after(100)).isEqualTo(new Stay.Days(7, 83, 10, 0));
        assertThat(STANDARD.after(90)).isEqualTo(new Stay.Days(7, 83, 0, 0));
        assertThat(STANDARD.after(5)).isEqualTo(new Stay.Days(5, 0, 0, 0));
        for (int days = 1; days < 400; days++) {
            Stay.Days tiers = STANDARD.after(days);
            assertThat(tiers.kept() + tiers.left()).isEqualTo(days);
        }
    }

    @Test
    void memoryIsBytesTimesEvents() {
        SizeEstimate estimate = of(1_000_000, 0, 1, false);
        double memory = 1e6 * (7 * 1_573 + 83 * 1_192 + 30 * 256 + 245 * (256 - 110.2));
        assertThat(value(estimate, "redis_memory")).isCloseTo(memory, within(1.0));
        assertThat(value(estimate, "maxmemory")).isCloseTo(memory / 0.8, within(1.0));
        assertThat(value(estimate, "machine_memory")).isCloseTo(memory / 0.8 * 1.5, within(1.0));
        double file = 90e6 * 666 * 1_048_576 / 1e6;
        assertThat(value(estimate, "append_only_file")).isCloseTo(file, within(1.0));
        assertThat(value(estimate, "redis_disk")).isCloseTo(4 * file, within(1.0));
        assertThat(value(estimate, "archive")).isCloseTo(275e6 * (85 + 72), within(1.0));
        assertThat(value(estimate, "graph_nodes")).isEqualTo(365e6);
        assertThat(value(estimate, "graph_edges")).isCloseTo(365e6 * 3.48, within(1.0));
        assertThat(value(estimate, "restart")).isCloseTo(90 * 45.41, within(0.001));
        assertThat(estimate.warnings()).isEmpty();
    }

    @Test
    void aSmallFileIsRewrittenWhenItIsAGigabyte() {
        double file = value(of(100, 0, 1, false), "append_only_file");
        assertThat(value(of(100, 0, 1, false), "redis_disk")).isCloseTo((1 << 30) + 2 * file, within(1.0));
    }

    @Test
    void payloadsGoWithTheirEvents() {
        SizeEstimate without = of(1_000, 0, 1, false);
        SizeEstimate with = of(1_000, 2_000, 1, false);
        assertThat(value(with, "redis_memory") - value(without, "redis_memory"))
                .isCloseTo(90_000.0 * (2_000 + 222), within(1.0));
        assertThat(value(with, "append_only_file") - value(without, "append_only_file"))
                .isCloseTo(90_000.0 * 2_000, within(1.0));
        assertThat(value(with, "archive") - value(without, "archive")).isCloseTo(275_000.0 * 2_000, within(1.0));
        assertThat(with.notMeasured()).anyMatch(line -> line.contains("compressing"));
        assertThat(without.notMeasured()).noneMatch(line -> line.contains("compressing"));
    }

    @Test
    void whatOneRedisOrOneWorkerCannotTakeIsSaid() {
        assertThat(of(86_400_000, 0, 1, false).warnings()).isEmpty();
        assertThat(value(of(86_400_000, 0, 1, false), "redis_cores")).isCloseTo(0.0534, within(1e-9));
        assertThat(of(86_400_000, 0, 6, false).warnings())
                .singleElement()
                .asString()
                .contains("5,138 a second");
        assertThat(of(86_400_000, 0, 18, false).warnings())
                .hasSize(2)
                .first()
                .asString()
                .contains("17,990 a second");
        assertThat(of(6 * 86_400_000L, 0, 1, false).warnings())
                .last()
                .asString()
                .contains("never catches up");
    }

    /** Nothing is taken from the other engine where it was not measured. */
    @Test
    void ofTheOtherEngineOnlyWhatWasMeasured() {
        SizeEstimate estimate = of(1_000_000, 0, 1, true);
        assertThat(value(estimate, "redis_memory")).isCloseTo(1e6 * (7 * 1_743 + 83 * 1_362), within(1.0));
        assertThat(estimate.lines())
                .extracting(SizeLine::name)
                .doesNotContain("gone", "gone_remembered", "append_only_file", "redis_disk", "redis_cores", "restart");
        assertThat(estimate.notMeasured()).anyMatch(line -> line.startsWith("engine sorted-set: "));
    }

    @Test
    void allThatIsOutOfBoundsIsToldAtOnce() {
        assertThatThrownBy(() -> new SizeRequest(
                        0, new Stay(91, 90, -1), 0, -1, Double.NaN, false, new Prices(-1, Double.POSITIVE_INFINITY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("events a day must be from 1 to 1,000,000,000,000: 0")
                .hasMessageContaining("days in the streams must not be more than days in Redis: 91, 90")
                .hasMessageContaining("days for which ids are remembered must be")
                .hasMessageContaining("the peak must be from 1 to 100,000: NaN")
                .hasMessageContaining("the price of the archive must be");
    }

    @Test
    void amountsHaveThreeDigitsThatCount() {
        assertThat(Amounts.bytes(0)).isEqualTo("0 bytes");
        assertThat(Amounts.bytes(999)).isEqualTo("999 bytes");
        assertThat(Amounts.bytes(1_000)).isEqualTo("1.00 kB");
        assertThat(Amounts.bytes(52_153_000_000.0)).isEqualTo("52.2 GB");
        assertThat(Amounts.bytes(521_530_000_000.0)).isEqualTo("522 GB");
        assertThat(Amounts.bytes(1e22)).isEqualTo("10,000 EB");
        assertThat(Amounts.plain(3.480)).isEqualTo("3.48");
        assertThat(Amounts.plain(1_573)).isEqualTo("1,573");
        assertThat(Amounts.plain(100)).isEqualTo("100");
        assertThat(Amounts.rounded(0.1234)).isEqualTo("0.12");
        assertThat(Amounts.rounded(12_345)).isEqualTo("12,345");
    }

    private static SizeEstimate of(long perDay, long payloadBytes, double peak, boolean sortedSet) {
        return SizeEstimate.of(new SizeRequest(perDay, STANDARD, 365, payloadBytes, peak, sortedSet, Prices.ASSUMED));
    }

    private static double value(SizeEstimate estimate, String name) {
        return estimate.lines().stream()
                .filter(line -> line.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line " + name))
                .value();
    }
}
