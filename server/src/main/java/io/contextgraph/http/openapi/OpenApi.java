// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.openapi;

import io.contextgraph.event.Json;
import io.contextgraph.http.contract.Declaration;
import io.contextgraph.http.contract.Parameter;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.http.contract.Topic;
import io.contextgraph.http.engine.Route;
import io.contextgraph.http.engine.Route.Role;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The contract of some routes.
 *
 * <p><b>Source.</b> OpenAPI 3.1.
 */
public final class OpenApi {
    private static final String KEY = "key";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^}*]*)\\*?}");
    private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");

    private final ObjectNode json = Json.MAPPER.createObjectNode();
    private final Map<String, ObjectNode> responses = new TreeMap<>();
    private final Map<String, Schema> schemas = new TreeMap<>();

    private OpenApi() {}

    /** @throws IllegalStateException when a route contradicts itself or another one */
    public static ObjectNode of(List<Route> routes) {
        return new OpenApi().document(routes);
    }

    /** As a file, with a line for each value. */
    public static String text(ObjectNode document) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                        .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                        .withArrayEmptySeparator("")
                        .withObjectEmptySeparator(""))
                .withObjectIndenter(INDENTER)
                .withArrayIndenter(INDENTER);
        return Json.MAPPER.writer().with(printer).writeValueAsString(document) + "\n";
    }

    private ObjectNode document(List<Route> routes) {
        json.put("openapi", "3.1.0");
        about();
        ObjectNode paths = json.putObject("paths");
        for (Route route : routes) {
            String path = PLACEHOLDER.matcher(route.template()).replaceAll("{$1}");
            ObjectNode operations = paths.get(path) instanceof ObjectNode there ? there : paths.putObject(path);
            operations.set(route.method().toLowerCase(Locale.ROOT), operation(route));
        }
        requireOwnIds(routes);
        components();
        return json;
    }

    private void about() {
        json.putObject("info")
                .put("title", "Context Graph")
                .put("version", "1")
                .put("description", """
                        An event store for AI agents. Every answer carries X-Request-ID and X-Request-Time-Ms, refusals \
                        included. HEAD is answered wherever GET is, OPTIONS everywhere; an unknown address is 404, a \
                        wrong method 405 with Allow. What is not well-formed HTTP/1.1 is refused before any operation \
                        sees it, with 400, 414, 501 or 505. A body may have a Content-Encoding: gzip, deflate or \
                        zstd. Unknown or repeated query parameters are faults. Bounds of sizes are those of a server that is not \
                        configured otherwise.""")
                .putObject("license")
                .put("name", "Apache-2.0")
                .put("identifier", "Apache-2.0");
        json.putArray("servers").addObject().put("url", "/").put("description", "This server");
        ArrayNode tags = json.putArray("tags");
        for (Topic topic : Topic.values()) {
            tags.addObject().put("name", topic.wireName()).put("description", topic.description());
        }
    }

    private static void requireOwnIds(List<Route> routes) {
        Map<String, Long> ids = routes.stream()
                .collect(Collectors.groupingBy(route -> route.says().id(), Collectors.counting()));
        ids.forEach((id, count) -> require(count == 1, id, "is the id of more than one route"));
    }

    private static void require(boolean met, String what, String rule) {
        if (!met) {
            throw new IllegalStateException(what + " " + rule);
        }
    }

    private ObjectNode operation(Route route) {
        Declaration says = route.says();
        Set<String> placeholders = PLACEHOLDER
                .matcher(route.template())
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
        require(
                placeholders.equals(Set.copyOf(says.names(Parameter.In.PATH))),
                says.id(),
                "does not declare the parameters of its path");
        ObjectNode operation = Json.MAPPER.createObjectNode();
        operation.put("operationId", says.id());
        operation.put("summary", says.summary());
        operation.put("description", says.description());
        operation.putArray("tags").add(says.topic().wireName());
        operation.put("x-role", route.role().name().toLowerCase(Locale.ROOT));
        ArrayNode security = operation.putArray("security");
        if (route.role() != Role.OPEN) {
            security.addObject().putArray(KEY);
        }
        if (!says.parameters().isEmpty()) {
            ArrayNode parameters = operation.putArray("parameters");
            says.parameters().forEach(parameter -> parameters.add(parameter(parameter)));
        }
        says.body()
                .ifPresent(body -> operation
                        .putObject("requestBody")
                        .put("required", true)
                        .set("content", content(body.content())));
        operation.set("responses", responses(route));
        return operation;
    }

    private ObjectNode parameter(Parameter<?> parameter) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("name", parameter.name()).put("in", parameter.in().wireName());
        if (parameter.required()) {
            node.put("required", true);
        }
        node.put("description", parameter.description());
        node.set("schema", use(parameter.schema()));
        return node;
    }

    private ObjectNode content(Map<String, Schema> byType) {
        ObjectNode content = Json.MAPPER.createObjectNode();
        new TreeMap<>(byType).forEach((type, schema) -> content.putObject(type).set("schema", use(schema)));
        return content;
    }

    private ObjectNode responses(Route route) {
        Map<Integer, ObjectNode> byStatus = new TreeMap<>();
        route.says().replies().forEach(reply -> {
            ObjectNode same = byStatus.get(reply.status());
            if (same != null) {
                // The same answer in another form.
                ObjectNode content = (ObjectNode) same.get("content");
                require(!content.has(reply.mediaType()), route.says().id(), "says a status twice");
                content.setAll(content(Map.of(reply.mediaType(), reply.schema())));
                return;
            }
            byStatus.put(
                    reply.status(),
                    answer(reply.description(), reply.headers(), Map.of(reply.mediaType(), reply.schema())));
        });
        Map<String, Schema> refusing = route.says().refusing();
        CommonRefusals.of(route).forEach((status, refused) -> {
            String name = refusing.isEmpty()
                    ? refused.name()
                    : refused.name() + "-" + route.says().topic().wireName();
            responses.computeIfAbsent(
                    name,
                    ignored -> answer(
                            refused.description(),
                            refused.headers(),
                            refusing.isEmpty()
                                    ? Map.of("application/problem+json", ProblemSchemas.PROBLEM)
                                    : refusing));
            ObjectNode reference = Json.MAPPER.createObjectNode().put("$ref", "#/components/responses/" + name);
            require(
                    byStatus.putIfAbsent(status, reference) == null,
                    route.says().id(),
                    "says a status twice");
        });
        ObjectNode all = Json.MAPPER.createObjectNode();
        byStatus.forEach((status, answer) -> all.set(Integer.toString(status), answer));
        return all;
    }

    private ObjectNode answer(String description, List<Declaration.Header> headers, Map<String, Schema> content) {
        ObjectNode answer = Json.MAPPER.createObjectNode().put("description", description);
        ObjectNode named = answer.putObject("headers");
        CommonRefusals.EVERYWHERE.forEach(
                header -> named.putObject(header.name()).put("$ref", "#/components/headers/" + header.name()));
        headers.forEach(header -> named.set(header.name(), header(header)));
        answer.set("content", content(content));
        return answer;
    }

    private ObjectNode header(Declaration.Header header) {
        ObjectNode node = Json.MAPPER.createObjectNode().put("description", header.description());
        if (header.always()) {
            node.put("required", true);
        }
        node.set("schema", use(header.schema()));
        return node;
    }

    private void components() {
        ObjectNode components = json.putObject("components");
        ObjectNode headers = components.putObject("headers");
        CommonRefusals.EVERYWHERE.forEach(header -> headers.set(header.name(), header(header)));
        ObjectNode common = components.putObject("responses");
        responses.forEach(common::set);
        ObjectNode all = components.putObject("schemas");
        schemas.forEach((name, schema) -> all.set(name, schema.json()));
        components
                .putObject("securitySchemes")
                .putObject(KEY)
                .put("type", "http")
                .put("scheme", "bearer")
                .put(
                        "description",
                        "An access key (cgk_...), or a token of the identity provider. Needed as soon as there is a key;"
                                + " beyond loopback always. x-role says which role it must have.");
    }

    /** As it stands there; what it refers to comes into the components. */
    private ObjectNode use(Schema schema) {
        schema.named().forEach(this::collect);
        return schema.use();
    }

    private void collect(Schema schema) {
        String name = schema.name().orElseThrow();
        Schema other = schemas.putIfAbsent(name, schema);
        require(other == null || other.json().equals(schema.json()), name, "is the name of two schemas");
        if (other == null) {
            schema.inner().forEach(this::collect);
        }
    }
}
