// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.http.console.ConsoleRoutes;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.RouteGroup;
import io.contextgraph.http.personal.PrivacyRoutes;
import io.contextgraph.http.personal.SubjectRoutes;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.http.system.HealthRoutes;
import io.contextgraph.http.system.SystemRoutes;
import java.util.ArrayList;
import java.util.List;

/** What the product answers over HTTP. */
public final class Routes {
    private Routes() {}

    /**
     * All of it.
     *
     * @param more what is answered besides, in forms of its own
     */
    public static List<RouteGroup> all(HttpSettings settings, HttpPorts ports, List<RouteGroup> more) {
        List<RouteGroup> groups = new ArrayList<>(List.of(
                new EventRoutes(settings, ports),
                new BatchRoutes(settings, ports),
                new StreamRoutes(settings, ports),
                new LedgerRoutes(settings, ports),
                new SessionRoutes(ports),
                new GraphRoutes(ports),
                new ParkedRoutes(ports),
                new OperationRoutes(ports),
                new RetentionRoutes(ports),
                new ArchiveRoutes(ports),
                new BackupRoutes(ports),
                new ProofRoutes(ports),
                new PrivacyRoutes(ports),
                new SubjectRoutes(ports),
                new ErasureRoutes(ports),
                new AccessRoutes()));
        groups.addAll(more);
        groups.add(new HealthRoutes(ports.health(), ports.metrics(), settings.version()));
        groups.add(new SystemRoutes(settings.version(), ports.admin().examination(), groups));
        // Behind what describes the others: a page is no part of the contract.
        groups.add(new ConsoleRoutes());
        return groups;
    }
}
