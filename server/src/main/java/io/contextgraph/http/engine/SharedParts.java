// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.tracing.Tracing;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * What all ways into a server have in common.
 *
 * @param settings address, limits and times
 * @param gate lets requests in
 * @param bodies the memory that large ones share
 * @param tls what connections begin with; empty: they are plain
 * @param tracing of requests
 */
public record SharedParts(
        HttpSettings settings, Gate gate, MemoryBudget bodies, Optional<SSLContext> tls, Tracing tracing) {}
