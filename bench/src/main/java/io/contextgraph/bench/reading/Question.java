// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.reading;

import io.contextgraph.bench.load.Workload;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.event.TypeFilter;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;

/**
 * What is asked.
 *
 * @param shown in a few words
 * @param about the query about the session, trace, agent or time of one event
 */
public record Question(String shown, LongFunction<EventQuery.Builder> about) {
    private static final Duration WINDOW = Duration.ofMinutes(10);

    public static final Question SESSION =
            new Question("by session", event -> EventQuery.builder().sessionId(Workload.sessionOf(event)));
    public static final Question TRACE =
            new Question("by trace", event -> EventQuery.builder().traceId(Workload.traceOf(event)));
    public static final Question AGENT = new Question("by agent", Question::agent);
    public static final Question TYPE_AND_TIME = new Question(
            "by type, within 10 minutes",
            event -> EventQuery.builder()
                    .type(new TypeFilter(Workload.TOOL.value()))
                    .from(Workload.at(event))
                    .to(Workload.at(event).plus(WINDOW)));

    /** All that a large ledger is asked. */
    public static List<Question> all() {
        return List.of(
                SESSION,
                TRACE,
                AGENT,
                new Question("by agent, newest first", event -> agent(event).order(Order.TIME_DESC)),
                new Question("by agent, in commit order", event -> agent(event).order(Order.POSITION_ASC)),
                TYPE_AND_TIME);
    }

    private static EventQuery.Builder agent(long event) {
        return EventQuery.builder().agentId(Workload.agentOf(event));
    }
}
