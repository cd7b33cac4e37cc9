// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.CommandBreaker.Moment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where runs of retention, or restores, were broken off, and where they have not been yet. */
final class StruckPlaces {
    static final String DIES = "dies: ";
    static final String FAILS = "fails: ";
    static final String REDIS = "redis: ";

    private static final List<Moment> MOMENTS = List.of(Moment.values());

    /** What is asked of archive and graph where something new leaves. */
    private static final Set<String> LEAVING = Set.of(
            "put trial",
            "open trial",
            "read trial",
            "delete trial",
            "put events",
            "put ids",
            "put manifest",
            "open manifest",
            "read manifest",
            "open events",
            "read events",
            "open ids",
            "read ids",
            "list",
            "summaries");

    /** What is written to Redis where something new leaves. */
    private static final Set<String> LEAVING_REDIS =
            Set.of("take the lease", "note", "step", "begin a pruning", "prune", "forget");

    /** What is asked of the archive where something comes back. */
    private static final Set<String> RESTORING =
            Set.of("open manifest", "read manifest", "open events", "read events", "open ids", "read ids", "rest");

    /** What is asked of Redis then. */
    private static final Set<String> RESTORING_REDIS = Set.of("take the lease", "note", "renew the lease", "restore");

    private final Set<String> always;
    private final Set<String> alwaysOfRedis;
    private final Map<String, Integer> struck = new TreeMap<>();
    private @Nullable Set<String> places;
    private @Nullable Set<String> commands;

    private StruckPlaces(Set<String> always, Set<String> alwaysOfRedis) {
        this.always = always;
        this.alwaysOfRedis = alwaysOfRedis;
    }

    /** Of runs of retention. */
    static StruckPlaces ofRetention() {
        return new StruckPlaces(LEAVING, LEAVING_REDIS);
    }

    /** Of restores. */
    static StruckPlaces ofRestores() {
        return new StruckPlaces(RESTORING, RESTORING_REDIS);
    }

    /** Which place is struck next, and when: with long steps through all that a run does, each time from another one on. */
    static final class Cursor {
        private final int step;
        private int start = 1;
        private int at = 1;
        private int moment;
        private String name = "";

        Cursor(int step) {
            this.step = step;
        }

        static Cursor aimed(String name, Moment moment) {
            Cursor aimed = new Cursor(1);
            aimed.at = Integer.MAX_VALUE;
            aimed.name = name;
            aimed.moment = MOMENTS.indexOf(moment);
            return aimed;
        }

        int at() {
            return at;
        }

        String name() {
            return name;
        }

        Moment moment() {
            return MOMENTS.get(moment);
        }

        void next() {
            moment = (moment + 1) % MOMENTS.size();
            at += step;
        }

        void begin() {
            start = start % step + 1;
            at = start;
        }

        /** In a short life some of them, by chance. */
        void choose(Random random, int most) {
            at = 1 + random.nextInt(most);
            moment = random.nextInt(MOMENTS.size());
        }
    }

    /** A run was broken off. */
    void add(String place, Moment moment) {
        int ignored = struck.merge(place + " " + moment, 1, Integer::sum);
    }

    /** What a run asked of archive and graph that came to its end. */
    void placesOfAll(Set<String> passed) {
        places = common(places, passed);
    }

    /** What it asked of Redis. */
    void commandsOfAll(Set<String> passed) {
        commands = common(commands, passed);
    }

    private static Set<String> common(@Nullable Set<String> before, Set<String> now) {
        return before == null
                ? now
                : Set.copyOf(before.stream().filter(now::contains).toList());
    }

    /** Where, and when, no run was broken off yet in one of the ways. */
    List<Cursor> missing(String way) {
        Set<String> all = new TreeSet<>(way.equals(REDIS) ? alwaysOfRedis : always);
        all.addAll(Optional.ofNullable(way.equals(REDIS) ? commands : places).orElse(Set.of()));
        return all.stream()
                .flatMap(place -> MOMENTS.stream()
                        .filter(moment -> !struck.containsKey(way + place + " " + moment))
                        .map(moment -> Cursor.aimed(place, moment)))
                .toList();
    }

    /** That there is none. */
    void requireAll() {
        for (String way : List.of(DIES, FAILS, REDIS)) {
            assertThat(missing(way).stream().map(cursor -> way + cursor.name() + " " + cursor.moment()))
                    .as("where no run was broken off")
                    .isEmpty();
        }
    }

    @Override
    public String toString() {
        return struck.toString();
    }
}
