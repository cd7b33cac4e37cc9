// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.neo4j.driver.Query;
import org.neo4j.driver.Record;
import org.neo4j.driver.Result;
import org.neo4j.driver.SimpleQueryRunner;
import org.neo4j.driver.Transaction;
import org.neo4j.driver.Value;
import org.neo4j.driver.summary.ProfiledPlan;

/** Counts what Neo4j touches for the statements that are run through it: nodes, edges, properties and index entries. */
@SuppressWarnings("deprecation") // The driver gives the profile in no other way that is stable.
final class ProfiledRunner implements SimpleQueryRunner {
    private final Transaction tx;
    private final List<Result> results = new ArrayList<>();

    ProfiledRunner(Transaction tx) {
        this.tx = tx;
    }

    /** All steps of all statements so far; their rows must have been read. */
    long touched() {
        return results.stream()
                .mapToLong(result -> touched(result.consume().profile()))
                .sum();
    }

    private static long touched(ProfiledPlan step) {
        return step.dbHits()
                + step.children().stream().mapToLong(ProfiledRunner::touched).sum();
    }

    @Override
    public Result run(Query query) {
        Result result = tx.run(query.withText("PROFILE " + query.text()));
        results.add(result);
        return result;
    }

    @Override
    public Result run(String statement) {
        return run(new Query(statement));
    }

    @Override
    public Result run(String statement, Map<String, Object> parameters) {
        return run(new Query(statement, parameters));
    }

    @Override
    public Result run(String statement, Value parameters) {
        return run(new Query(statement, parameters));
    }

    @Override
    public Result run(String statement, Record parameters) {
        return run(new Query(statement, parameters.asMap()));
    }
}
