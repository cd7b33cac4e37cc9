// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.engine.Route.Role;
import io.contextgraph.http.problem.ProblemException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final Route.Handler NOTHING = call -> Answer.text(200, "text/plain", "");
    private static final Declaration SAYS = Declaration.of("nothing", Topic.OPERATIONS, "", "");
    private static final Router ROUTER = new Router(List.of(
            Route.get("/files/{rest*}", Role.OPEN, SAYS, NOTHING),
            Route.get("/files/{name}", Role.OPEN, SAYS, NOTHING),
            Route.get("/files/known", Role.OPEN, SAYS, NOTHING),
            Route.post("/files/{name}/lines", Role.INGEST, SAYS, NOTHING)));

    private static String found(String method, String path) {
        Router.Match match = ROUTER.find(method, path);
        return match.route().template() + " " + match.parameters();
    }

    @Test
    void whatFixesMoreWins() {
        assertThat(found("GET", "/files/known")).isEqualTo("/files/known {}");
        assertThat(found("GET", "/files/other")).isEqualTo("/files/{name} {name=other}");
        assertThat(found("POST", "/files/other/lines")).isEqualTo("/files/{name}/lines {name=other}");
    }

    @Test
    void aLastParameterWithAnAsteriskStandsForTheRest() {
        assertThat(ROUTER.find("GET", "/files/a/b%2Fc/d").parameters()).isEqualTo(Map.of("rest", "a/b/c/d"));
        assertThat(ROUTER.find("HEAD", "/files/").parameters()).isEqualTo(Map.of("rest", ""));
        assertThatThrownBy(() -> ROUTER.find("GET", "/files")).isInstanceOf(ProblemException.class);
        assertThatThrownBy(() -> ROUTER.find("GET", "/other/a")).isInstanceOf(ProblemException.class);
    }

    @Test
    void anAddressTakesItsMethodsOnly() {
        assertThat(ROUTER.allowed("/files/a/b")).isEqualTo("GET, HEAD, OPTIONS");
        assertThatThrownBy(() -> ROUTER.find("DELETE", "/files/a/b")).isInstanceOf(ProblemException.class);
    }
}
