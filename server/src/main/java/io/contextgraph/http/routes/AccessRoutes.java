// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.access.Caller;
import io.contextgraph.access.KeyRole;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Call;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.engine.RouteGroup;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tells a client who it is. */
final class AccessRoutes implements RouteGroup {
    private static final Schema ACCESS = Schema.fields()
            .with(
                    "kind",
                    Schema.choice(Stream.of(Caller.Kind.values())
                                    .map(AccessRoutes::name)
                                    .toList())
                            .saying("How it is known who asks; somebody where nobody is asked for a key"))
            .with("name", Schema.text().orNull().saying("Of the key, or the subject of the token"))
            .with(
                    "roles",
                    Schema.list(Schema.choice(KeyRole.wireNames())).saying("What it may do; none implies another"))
            .with("expires_at", Schema.time().orNull().saying("From when on it is refused; null: never"))
            .named("Access");

    private static final Declaration SAYS = Declaration.of(
                    "access",
                    Topic.OPERATIONS,
                    "Who the client is",
                    "By the key or token that it sends: its name, its roles, and when it expires.")
            .asksNoStore()
            .answers(200, "The key or token that asks", ACCESS);

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/v1/access", Role.ANY, SAYS, AccessRoutes::access));
    }

    private static String name(Caller.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static Answer access(Call call) {
        call.parameters().check();
        Caller caller = call.caller();
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("kind", name(caller.kind()))
                .put("name", caller.name().isEmpty() ? null : caller.name());
        ArrayNode roles = json.putArray("roles");
        caller.roles().stream().sorted().forEach(role -> roles.add(role.wireName()));
        json.put("expires_at", caller.expiresAt().map(Times::format).orElse(null));
        return Answer.json(200, json);
    }
}
