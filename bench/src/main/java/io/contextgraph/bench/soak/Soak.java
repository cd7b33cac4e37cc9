// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import io.contextgraph.bench.soak.Scene.Positions;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Runs mixed traffic against a new deployment, samples it, and says what grew that must not.
 *
 * <p><b>Shape.</b> Warm-up; quiet, and the first sample; the traffic, and a sample every minute; quiet again, until
 * everything has come back or two minutes have passed, a comparison of ledger and graph, and the last sample.
 */
public final class Soak {
    private static final int WRITERS = 4;
    private static final int ASKERS = 3;
    private static final int GRAPH_ASKERS = 2;
    private static final int FOLLOWERS = 6;
    private static final int LOITERERS = 16;

    /** Longer than the pool keeps a connection that nobody uses, and than a stream is silent. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final long POLL_MILLIS = 500;
    private static final List<Gauge> PROGRESS = List.of(
            Gauge.EVENTS,
            Gauge.HEAP,
            Gauge.THREADS,
            Gauge.VIRTUAL_THREADS,
            Gauge.DESCRIPTORS,
            Gauge.HTTP_CONNECTIONS,
            Gauge.REDIS_CLIENTS,
            Gauge.LAG);

    private final SoakPlan plan;
    private final Deployment deployment;
    private final PrintStream out;
    private final Tally tally = new Tally();
    private final Positions positions = new Positions();
    private final Numbers numbers;
    private final Story story;
    private boolean fsync;

    /** @param out told what is done, and a line for each sample */
    public Soak(SoakPlan plan, Deployment deployment, PrintStream out) {
        this.plan = plan;
        this.deployment = deployment;
        this.out = out;
        this.numbers = new Numbers(plan.perSecond());
        this.story = new Story(Instant.now(), plan.perSecond());
    }

    /**
     * What came of it.
     *
     * @param course what was sampled
     * @param faults each in a sentence; none when nothing grew that must not, and every answer was as it must be
     * @param deeds what clients did, in a line
     */
    public record Result(Course course, List<String> faults, String deeds) {
        public Result {
            faults = List.copyOf(faults);
        }
    }

    public Result run() throws IOException, InterruptedException {
        try (Sampler sampler = new Sampler(deployment, tally)) {
            awaitReady(sampler.api());
            fsync = canSync(sampler.api());
            out.println("soak: " + plan.time().toSeconds() + " s after a warm-up of "
                    + plan.warmUp().toSeconds() + " s, " + plan.perSecond() + " events a second, "
                    + (fsync ? "" : "no ") + "fsync, seed " + plan.seed());
            List<Sample> ignored = traffic(plan.warmUp(), plan.warmUp().multipliedBy(2), 0, sampler);
            awaitQuiet(sampler, look -> isQuiet(look));
            Sample before = tell("quiet", sampler.take());
            List<Sample> during = traffic(plan.time(), plan.interval(), 1, sampler);
            awaitQuiet(sampler, look -> isQuiet(look) && new Course(before, List.of(), look).comesBack());
            try {
                Overseer.compareAll(sampler.api(), tally);
            } catch (UnexpectedException e) {
                tally.unexpected("at the end: " + e.getMessage());
            }
            Sample after = tell("quiet", sampler.take());
            return result(new Course(before, during, after), sampler);
        }
    }

    private Result result(Course course, Sampler sampler) {
        List<String> faults = new ArrayList<>(course.faults());
        if (faults.stream().anyMatch(fault -> fault.startsWith(Gauge.HEAP.meaning()))) {
            sampler.grown().forEach(line -> out.println("      " + line));
        }
        tally.unexpected().forEach(what -> out.println("      unexpected: " + what));
        if (tally.unexpectedCount() > 0) {
            faults.add(tally.unexpectedCount() + " answers that must not be, the first: "
                    + tally.unexpected().getFirst());
        }
        tally.undone().stream()
                // The server needs some time to have enough of somebody.
                .filter(deed -> deed != Tally.Deed.POSTPONED)
                .filter(deed -> deed != Tally.Deed.CLOSED || plan.stay().compareTo(SoakPlan.LONGEST_STAY) == 0)
                .forEach(deed -> faults.add("nothing was seen of: " + deed.words()));
        return new Result(course, faults, tally.line());
    }

    /** Until the server feeds the graph; what is wrong if it never does, its first answers will tell. */
    private static void awaitReady(Api api) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (api.get("/v1/health/ready?of=projection").status() != 200 && System.nanoTime() - end < 0) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private boolean canSync(Api api) throws IOException, InterruptedException {
        Numbers.Block one = numbers.take(1);
        String body = story.event(one.first()).toString();
        Api.Answer answer = api.post("/v1/events", "application/json", Map.of("Durability", "fsync"), body);
        if (answer.status() != 201) {
            answer.expect(422, "durability_unsupported");
            Api.Answer ignored =
                    api.post("/v1/events", "application/json", Map.of(), body).expect(201);
        }
        numbers.taken(one);
        return answer.status() == 201;
    }

    private List<Sample> traffic(Duration time, Duration interval, int salt, Sampler sampler)
            throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(plan.seed() + salt);
        numbers.begin();
        try (Traffic traffic = new Traffic(deployment.server(), tally)) {
            Scene scene = new Scene(deployment.server(), fsync, plan.stay(), story, numbers, tally, traffic, positions);
            begin(scene, random);
            long begun = System.nanoTime();
            long end = begun + time.toNanos();
            for (long next = begun + interval.toNanos(); next - end <= 0; next += interval.toNanos()) {
                pause(next);
                samples.add(tell("traffic", sampler.take()));
            }
            pause(end);
        }
        return samples;
    }

    private static void pause(long untilNanos) throws InterruptedException {
        Thread.sleep(Duration.ofNanos(Math.max(0, untilNanos - System.nanoTime())));
    }

    private void begin(Scene scene, SplittableRandom random) {
        for (int i = 0; i < WRITERS; i++) {
            scene.traffic().start("writer-" + i, new Writer(scene, random.split()));
        }
        for (int i = 0; i < ASKERS; i++) {
            scene.traffic().start("asker-" + i, new Asker(scene, random.split()));
        }
        for (int i = 0; i < GRAPH_ASKERS; i++) {
            scene.traffic().start("graph-asker-" + i, new GraphAsker(scene, random.split()));
        }
        for (int i = 0; i < FOLLOWERS; i++) {
            scene.traffic().start("follower-" + i, new Follower(scene, random.split()));
        }
        for (int i = 0; i < LOITERERS; i++) {
            scene.traffic().start("loiterer-" + i, new Loiterer(scene, random.split()));
        }
        scene.traffic().start("overseer", new Overseer(scene, random.split(), plan.betweenComparisons()));
    }

    private static boolean isQuiet(Sample look) {
        return look.value(Gauge.HTTP_CONNECTIONS).orElse(0) <= Course.OWN_CONNECTIONS
                && look.value(Gauge.LAG).orElse(0) == 0;
    }

    /** Until it is so, or too much time has passed: the verdict comes later. */
    private static void awaitQuiet(Sampler sampler, Predicate<Sample> quiet) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!quiet.test(sampler.look()) && System.nanoTime() - end < 0) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private Sample tell(String phase, Sample sample) {
        StringBuilder line =
                new StringBuilder("%,6d s %s:".formatted(sample.at().toSeconds(), phase));
        for (Gauge gauge : PROGRESS) {
            line.append(gauge == PROGRESS.getFirst() ? " " : ", ")
                    .append(gauge.meaning())
                    .append(' ')
                    .append(sample.show(gauge));
        }
        out.println(line.append("; unexpected answers ").append(tally.unexpectedCount()));
        return sample;
    }
}
