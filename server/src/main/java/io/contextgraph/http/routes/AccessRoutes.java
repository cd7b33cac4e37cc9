// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.access.Caller;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tells a client who it is. */
final class AccessRoutes implements RouteGroup {
    @Override
    public List<Route> routes() {
        return List.of(Route.get("/v1/access", Role.ANY, AccessRoutes::access));
    }

    private static Answer access(Call call) {
        call.parameters().check();
        Caller caller = call.caller();
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("kind", caller.kind().name().toLowerCase(Locale.ROOT))
                .put("name", caller.name().isEmpty() ? null : caller.name());
        ArrayNode roles = json.putArray("roles");
        caller.roles().stream().sorted().forEach(role -> roles.add(role.wireName()));
        json.put("expires_at", caller.expiresAt().map(Times::format).orElse(null));
        return Answer.json(200, json);
    }
}
