// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

/**
 * How far tests go that could always go further: a short form for {@code mvn verify}, a long one for
 * {@code mvn verify -Plong}, and a property that sets one of them alone. {@code docs/tests.md} is made from this.
 */
public enum Extent {
    CHAOS_SECONDS(
            "contextgraph.chaos.seconds",
            8,
            240,
            "for how long processes are killed and connections cut while a graph is fed"),
    KILL_SECONDS("contextgraph.kill.seconds", 8, 180, "for how long server and Redis are killed, twice"),
    KILL_ONLY_SECONDS(
            "contextgraph.kill.only.seconds",
            0,
            120,
            "for how long they are killed with engine `search` and no saboteur"),
    ROLLING_SECONDS(
            "contextgraph.rolling.seconds",
            25,
            120,
            "for how long two servers behind a load balancer are restarted in turns"),
    DEPLOYMENTS("contextgraph.deployments", 0, 1, "times that the page Deploy is followed, from its first command on"),
    SOAK_SECONDS("contextgraph.soak.seconds", 8, 120, "of mixed traffic, after which nothing may be left of it"),
    RETENTION_DAYS(
            "contextgraph.retention.days",
            2,
            30,
            "that pass for retention, which is broken off everywhere, on Redis and Neo4j"),
    CEILING_DAYS(
            "contextgraph.ceiling.days",
            3,
            120,
            "that pass for the ceiling, which is broken off at everything that it does, on Redis, Neo4j and an archive"),
    ERASURE_KILLS(
            "contextgraph.erasure.kills",
            3,
            100,
            "times that a process is killed while it erases a person, and again with Redis; more than 3: besides all kinds of"
                    + " commands and files before, while and after each, on both engines"),
    SESSION_EVENTS("contextgraph.session.events", 3_000, 100_000, "events in one session, on the engine `sorted-set`"),
    CONSOLE_EVENTS("contextgraph.console.events", 4_000, 100_000, "events in one session that a browser opens"),
    SEARCHED_EVENTS("contextgraph.searched.events", 15_000, 100_000, "events in one session, on the engine `search`"),
    RIGHTS_PERCENT(
            "contextgraph.rights.percent",
            15,
            100,
            "percent of the rights of each user of Redis, which are taken from it one at a time; any of them at random"),
    OVERLOAD_REQUESTS(
            "contextgraph.overload.requests",
            130,
            500,
            "batches at the same time, and one after another, for which Redis has stopped working"),
    OVERLOAD_SECONDS(
            "contextgraph.overload.seconds",
            5,
            60,
            "for how long three times as many clients as may be in work send batches to a server with little memory"),
    VERIFIED_EVENTS(
            "contextgraph.verified.events",
            12_000,
            200_000,
            "events in one session that a server with little memory compares and repairs"),
    DAMAGED_KEYS(
            "contextgraph.damaged.keys",
            1,
            1_000,
            "keys of each kind that are damaged in every way, and mended; more than one are all"),
    DAMAGED_PERCENT("contextgraph.damaged.percent", 15, 100, "percent of these damages, any of them at random"),
    DAMAGED_PAIRS("contextgraph.damaged.pairs", 3, 400, "times that two things are damaged at once, and mended"),
    MENDED_WRITES(
            "contextgraph.mended.writes",
            100,
            300,
            "events that each of three writes while a ledger is examined, and again while it is mended"),
    IMPORT_SEEDS(
            "contextgraph.import.seeds",
            8,
            150,
            "times that traces are scrambled and imported, together and one by one; a sixth of them into Redis"),
    GRAPH_SEEDS("contextgraph.graph.seeds", 3, 30, "random histories for each property of a graph in Neo4j"),
    GRAPH_PAGE_SIZES("contextgraph.graph.page-sizes", 2, 8, "sizes of page with which Neo4j is asked for many effects"),
    GRAPH_EVENTS(
            "contextgraph.graph.events", 4_000, 20_000, "effects of one event, and events of one session, in Neo4j"),
    WORKER_SEEDS("contextgraph.worker.seeds", 3, 15, "random lives of the workers that feed Neo4j"),
    WRITER_SEEDS("contextgraph.writer.seeds", 2, 3, "random loads of four writers to Neo4j at the same time"),
    API_SECONDS(
            "contextgraph.api.seconds",
            0,
            480,
            "for how long the API is explored by its contract alone, by all callers together; needs `pip` and `npx`"),
    VAULT_CLIENTS(
            "contextgraph.vault.clients",
            0,
            1,
            "times that clients of others are asked about the double of a Vault; needs `pip` and `npm`"),
    HUNTED_REQUESTS(
            "contextgraph.hunt.requests",
            1_000,
            20_000,
            "requests about nobody, after which nothing of an erased person may be left in the heap of a server"),
    KEPT_KEYS("contextgraph.kept.keys", 10_000, 100_000, "keys of subjects in files, each written to the disk"),
    BENCH_EVENTS("contextgraph.bench.events", 1_000, 10_000, "events in each benchmark"),
    BENCH_SAMPLES("contextgraph.bench.samples", 3, 50, "questions of each kind in a benchmark"),
    BENCH_WARM_UP_SECONDS("contextgraph.bench.warm-up", 0, 2, "seconds before a benchmark measures"),
    BENCH_SECONDS("contextgraph.bench.seconds", 1, 3, "seconds of each measurement");

    /** Set by the profile {@code long}. */
    private static final boolean LONG = Boolean.getBoolean("contextgraph.long");

    private final String property;
    private final int shortForm;
    private final int longForm;
    private final String meaning;

    Extent(String property, int shortForm, int longForm, String meaning) {
        this.property = property;
        this.shortForm = shortForm;
        this.longForm = longForm;
        this.meaning = meaning;
    }

    /** What its property says, else what the form of this run says. */
    public int value() {
        return Integer.getInteger(property, LONG ? longForm : shortForm);
    }

    /** The property that sets this one alone. */
    public String property() {
        return property;
    }

    /** In {@code mvn verify}. */
    public int shortForm() {
        return shortForm;
    }

    /** In {@code mvn verify -Plong}. */
    public int longForm() {
        return longForm;
    }

    /** In the words of the page. */
    public String meaning() {
        return meaning;
    }
}
