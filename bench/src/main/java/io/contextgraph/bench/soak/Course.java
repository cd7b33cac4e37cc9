// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What was sampled from beginning to end, and what of it must not be.
 *
 * <p><b>Units and bounds.</b> In quiet, when all clients have gone, everything that is held comes back to what it was
 * before, but for {@link Gauge#tolerance}; the graph is not behind; nobody but the sampler has a connection. The heap
 * after a collection, its mean over the last third of the samples against the first third: at most a tenth and
 * {@value #HEAP_SLACK_MIB} MiB more, and {@value #BYTES_PER_EVENT} bytes for each event that came in between, which is
 * what a server keeps of an id once it has looked ids up. Buffers likewise, without anything for events.
 *
 * @param before in quiet, when the servers were warm
 * @param during while there was traffic, in order
 * @param after in quiet, at the end
 */
public record Course(Sample before, List<Sample> during, Sample after) {
    static final int HEAP_SLACK_MIB = 8;
    static final int BYTES_PER_EVENT = 4;

    /** The connection of whoever samples. */
    static final long OWN_CONNECTIONS = 1;

    public Course {
        during = List.copyOf(during);
    }

    /** Every fault in a sentence; none when all is as it must be. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        for (Gauge gauge : Gauge.values()) {
            gauge.tolerance().ifPresent(tolerance -> comesBack(gauge, tolerance, faults));
        }
        alone(before, "before the traffic", faults);
        alone(after, "at the end", faults);
        staysFlat(Gauge.HEAP, BYTES_PER_EVENT, faults);
        staysFlat(Gauge.BUFFERS, 0, faults);
        mustBeZero(Gauge.LAG, faults);
        mustBeZero(Gauge.ERRORS, faults);
        return faults;
    }

    /** Whether everything that is held has come back to what it was; lag and errors apart. */
    boolean comesBack() {
        List<String> faults = new ArrayList<>();
        for (Gauge gauge : Gauge.values()) {
            gauge.tolerance().ifPresent(tolerance -> comesBack(gauge, tolerance, faults));
        }
        return faults.isEmpty();
    }

    private void comesBack(Gauge gauge, long tolerance, List<String> faults) {
        OptionalLong first = before.value(gauge);
        OptionalLong last = after.value(gauge);
        if (first.isPresent() && last.isPresent() && last.getAsLong() > first.getAsLong() + tolerance) {
            faults.add("%s: %s in quiet at the end, %s before the traffic, of which at most %s more may be left"
                    .formatted(gauge.meaning(), after.show(gauge), before.show(gauge), gauge.show(tolerance)));
        }
    }

    private static void alone(Sample quiet, String when, List<String> faults) {
        OptionalLong open = quiet.value(Gauge.HTTP_CONNECTIONS);
        if (open.isPresent() && open.getAsLong() > OWN_CONNECTIONS) {
            faults.add("%s: %d in quiet %s, when all clients have gone"
                    .formatted(Gauge.HTTP_CONNECTIONS.meaning(), open.getAsLong() - OWN_CONNECTIONS, when));
        }
    }

    private void staysFlat(Gauge gauge, int bytesPerEvent, List<String> faults) {
        int third = during.size() / 3;
        List<Sample> begin = during.subList(0, third);
        List<Sample> end = during.subList(during.size() - third, during.size());
        OptionalDouble early = mean(begin, gauge);
        OptionalDouble late = mean(end, gauge);
        if (early.isEmpty() || late.isEmpty()) {
            return;
        }
        double events =
                mean(end, Gauge.EVENTS).orElse(0) - mean(begin, Gauge.EVENTS).orElse(0);
        double most = early.getAsDouble() * 1.1 + (HEAP_SLACK_MIB << 20) + bytesPerEvent * events;
        if (late.getAsDouble() > most) {
            faults.add("%s: %s in the mean of the last third of the time, %s in the first, at most %s may be"
                    .formatted(
                            gauge.meaning(),
                            gauge.show(Math.round(late.getAsDouble())),
                            gauge.show(Math.round(early.getAsDouble())),
                            gauge.show(Math.round(most))));
        }
    }

    private static OptionalDouble mean(List<Sample> samples, Gauge gauge) {
        return samples.stream()
                .map(sample -> sample.value(gauge))
                .flatMapToLong(OptionalLong::stream)
                .average();
    }

    private void mustBeZero(Gauge gauge, List<String> faults) {
        OptionalLong last = after.value(gauge);
        if (last.isEmpty() || last.getAsLong() != 0) {
            faults.add("%s: %s at the end, must be 0".formatted(gauge.meaning(), after.show(gauge)));
        }
    }

    /** The headings of {@link #rows}. */
    public static List<String> columns() {
        return List.of("what", "in quiet before", "first third", "last third", "most", "in quiet after", "may be more");
    }

    /** One row for each gauge. */
    public List<List<String>> rows() {
        return Stream.of(Gauge.values()).map(this::row).toList();
    }

    private List<String> row(Gauge gauge) {
        int third = during.size() / 3;
        OptionalLong most = Stream.concat(during.stream(), Stream.of(before, after))
                .map(sample -> sample.value(gauge))
                .flatMapToLong(OptionalLong::stream)
                .max();
        return List.of(
                gauge.meaning(),
                before.show(gauge),
                shownMean(during.subList(0, third), gauge),
                shownMean(during.subList(during.size() - third, during.size()), gauge),
                most.isEmpty() ? "-" : gauge.show(most.getAsLong()),
                after.show(gauge),
                gauge.tolerance().isEmpty() ? "" : gauge.show(gauge.tolerance().getAsLong()));
    }

    private static String shownMean(List<Sample> samples, Gauge gauge) {
        OptionalDouble mean = mean(samples, gauge);
        return mean.isEmpty() ? "-" : gauge.show(Math.round(mean.getAsDouble()));
    }
}
