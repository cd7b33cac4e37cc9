// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.contract.ValueForm;
import io.contextgraph.http.engine.Answer;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OpenApiDocumentTest {
    private static final Parameter<String> NAME = Parameter.path("name", ValueForm.NAME, "Of a thing");
    private static final Parameter<Integer> LIMIT =
            Parameter.query("limit", ValueForm.whole(1, 9), "Most").otherwise(3);
    private static final Declaration READ = Declaration.of("readThing", Topic.LEDGER, "A thing", "One thing.")
            .takes(NAME, LIMIT)
            .answers(
                    200,
                    "The thing",
                    Schema.fields().with("size", Schema.whole()).named("Thing"));

    private static Route route(String template, Role role, Declaration says) {
        return Route.get(template, role, says, call -> Answer.text(200, "text/plain", ""));
    }

    @Test
    void whatARouteSaysIsToldOnceAndWhatFollowsFromItIsAdded() {
        JsonNode document = OpenApi.of(List.of(route("/things/{name*}", Role.READ, READ)));
        JsonNode operation = document.at("/paths/~1things~1{name}/get");
        assertThat(operation.at("/parameters/1").toString())
                .isEqualTo("{\"name\":\"limit\",\"in\":\"query\",\"description\":\"Most\",\"schema\":"
                        + "{\"type\":\"integer\",\"minimum\":1,\"maximum\":9,\"default\":3}}");
        assertThat(operation.get("x-role").stringValue()).isEqualTo("read");
        assertThat(operation.get("responses").propertyNames())
                .containsExactly("200", "400", "401", "403", "421", "422", "429", "500", "503");
        assertThat(document.at("/components/schemas/Thing/properties/size/type").stringValue())
                .isEqualTo("integer");
    }

    @Test
    void anybodyIsAskedForNoKeyAndEverybodyForNoRole() {
        Declaration open = Declaration.of("open", Topic.LEDGER, "Open", "Open.").takesAnyQuery();
        Declaration any = Declaration.of("any", Topic.LEDGER, "Any", "Any.").takesAnyQuery();
        Declaration alone =
                Declaration.of("alone", Topic.LEDGER, "Alone", "Alone.").asksNoStore();
        JsonNode document = OpenApi.of(List.of(
                route("/alone", Role.OPEN, alone),
                route("/open", Role.OPEN, open).evenUnderLoad(),
                route("/any", Role.ANY, any).evenUnderLoad()));
        assertThat(document.at("/paths/~1open/get/responses").propertyNames()).containsExactly("421");
        assertThat(document.at("/paths/~1alone/get/responses").propertyNames())
                .containsExactly("400", "421", "422", "503");
        assertThat(document.at("/paths/~1any/get/responses").propertyNames())
                .containsExactly("401", "421", "429", "503");
    }

    @Test
    void aContradictionIsFound() {
        assertThatThrownBy(() -> OpenApi.of(List.of(route("/things", Role.READ, READ))))
                .hasMessage("readThing does not declare the parameters of its path");
        assertThatThrownBy(() ->
                        OpenApi.of(List.of(route("/a/{name}", Role.READ, READ), route("/b/{name}", Role.READ, READ))))
                .hasMessage("readThing is the id of more than one route");
        Declaration other = Declaration.of("other", Topic.LEDGER, "Other", "Other.")
                .answers(200, "Another thing", Schema.text().named("Thing"));
        assertThatThrownBy(
                        () -> OpenApi.of(List.of(route("/a/{name}", Role.READ, READ), route("/b", Role.READ, other))))
                .hasMessage("Thing is the name of two schemas");
        assertThatThrownBy(() -> READ.require(Parameter.query("limit", ValueForm.whole(1, 8), "Most")))
                .hasMessage("readThing does not declare the parameter limit");
    }
}
