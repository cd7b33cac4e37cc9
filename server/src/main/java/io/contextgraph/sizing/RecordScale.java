// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

/** The scales for which the decision record names costs. It names no size of an event, no number of events and no price. */
public enum RecordScale {
    STARTUP("startup", 1_000, 30, 30),
    GROWTH("growth", 10_000, 200, 120),
    ENTERPRISE("enterprise", 100_000, 1_500, 600);

    /** Events of a session in the traces of tau-bench, on average: 3,919 of 115 sessions. */
    public static final int EVENTS_PER_RUN = 34;

    /** How long the record has all events in memory, in its first column. */
    public static final int MONTH = 30;

    private final String text;
    private final int runs;
    private final int month;
    private final int year;

    RecordScale(String text, int runs, int month, int year) {
        this.text = text;
        this.runs = runs;
        this.month = month;
        this.year = year;
    }

    /** For people. */
    public String text() {
        return text;
    }

    /** Runs of agents a day. */
    public int runs() {
        return runs;
    }

    /** Events a day. */
    public double eventsPerDay() {
        return (double) runs * EVENTS_PER_RUN;
    }

    /** Dollars a month that the record hopes for, with {@value #MONTH} days in memory. */
    public int month() {
        return month;
    }

    /** The same with a year on memory and flash. */
    public int year() {
        return year;
    }
}
