// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.net.URI;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What is soaked.
 *
 * @param server its address
 * @param pid its process, on this machine and of this JDK
 * @param redisPort where its Redis is
 * @param neo4jPort where its Neo4j is
 * @param redis the entries of a section of {@code INFO}
 * @param logged how many errors the server has told in its log
 */
public record Deployment(
        URI server,
        long pid,
        int redisPort,
        int neo4jPort,
        Function<String, Map<String, String>> redis,
        LongSupplier logged) {}
