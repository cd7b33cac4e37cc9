// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.contextgraph.event.Json;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** What is served as {@code /openapi.json}, and which of its answers have been seen. */
final class Contract {
    /** Of every answer, or of HTTP itself. */
    private static final Set<String> GENERAL = Set.of(
            "x-request-id",
            "x-request-time-ms",
            "content-type",
            "content-length",
            "transfer-encoding",
            "cache-control",
            "connection",
            "date",
            // To browsers, with every answer.
            "content-security-policy",
            "referrer-policy",
            "vary",
            "x-content-type-options");

    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    private final JsonNode json;
    private final Set<String> seen = new TreeSet<>();
    private final IdentityHashMap<JsonNode, Schema> schemas = new IdentityHashMap<>();

    Contract(JsonNode json) {
        this.json = json;
    }

    /** A method of an address. */
    record Operation(String method, String path, JsonNode json) {
        String name() {
            return method + " " + path;
        }

        boolean answers(int status) {
            return json.get("responses").has(Integer.toString(status));
        }

        boolean hasBody() {
            return json.has("requestBody");
        }

        List<JsonNode> parameters() {
            return json.path("parameters").valueStream().toList();
        }

        List<String> queryParameters() {
            return parameters().stream()
                    .filter(parameter -> parameter.get("in").stringValue().equals("query"))
                    .map(parameter -> parameter.get("name").stringValue())
                    .sorted()
                    .toList();
        }

        private boolean fits(String address) {
            return address.replaceFirst("\\?.*", "")
                    .matches(path.replace("{tile}", ".+").replaceAll("\\{[^}]*}", "[^/]+"));
        }

        private long placeholders() {
            return path.chars().filter(c -> c == '{').count();
        }
    }

    /** An answer, however it came. */
    record Reply(int status, HttpHeaders headers, String body) {
        static Reply of(HttpResponse<String> response) {
            return new Reply(response.statusCode(), response.headers(), response.body());
        }

        /** Of all that a connection brought, the body not in chunks. */
        static Reply parse(String received) {
            int end = received.indexOf("\r\n\r\n");
            List<String> head = received.substring(0, end).lines().toList();
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String line : head.subList(1, head.size())) {
                int colon = line.indexOf(':');
                headers.computeIfAbsent(line.substring(0, colon), ignored -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
            }
            return new Reply(
                    Integer.parseInt(head.getFirst().split(" ", -1)[1]),
                    HttpHeaders.of(headers, (name, value) -> true),
                    received.substring(end + 4));
        }

        boolean has(String header) {
            return headers.firstValue(header).isPresent();
        }

        /** The format of metrics has its version behind the type. */
        String type() {
            return headers.firstValue("Content-Type").orElse("").replaceFirst("^(text/plain); version=.*", "$1");
        }
    }

    JsonNode json() {
        return json;
    }

    JsonNode at(String pointer) {
        return json.at(pointer);
    }

    /** What is meant where something is referred to. */
    JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? at(node.get("$ref").stringValue().substring(1)) : node;
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        json.get("paths")
                .forEachEntry((path, methods) -> methods.forEachEntry(
                        (method, operation) -> operations.add(new Operation(method, path, operation))));
        return operations;
    }

    /** That which an address leads to: fixed words go before placeholders. */
    Operation operation(String method, String address) {
        return operations().stream()
                .filter(operation -> operation.method().equals(method) && operation.fits(address))
                .min(Comparator.comparingLong(Operation::placeholders))
                .orElseThrow(() -> new AssertionError("not in the contract: " + method + " " + address));
    }

    /** The names of the operations that can answer so. */
    Set<String> thatAnswer(int status) {
        Set<String> names = new TreeSet<>();
        operations().stream()
                .filter(operation -> operation.answers(status))
                .forEach(operation -> names.add(operation.name()));
        return names;
    }

    /** How many statuses of operations there are. */
    int size() {
        return documented().size();
    }

    private Set<String> documented() {
        Set<String> documented = new TreeSet<>();
        for (Operation operation : operations()) {
            operation.json().get("responses").propertyNames().stream()
                    .forEach(status -> documented.add(operation.name() + " " + status));
        }
        return documented;
    }

    /** What is documented and has not been seen. */
    Set<String> unseen() {
        Set<String> unseen = documented();
        unseen.removeAll(seen);
        return unseen;
    }

    /** Fails unless status, headers, media type and body are as documented; then the status has been seen. */
    void holds(Operation operation, Reply reply) {
        String what = operation.name() + " " + reply.status();
        JsonNode documented = resolved(operation.json().get("responses").path(Integer.toString(reply.status())));
        assertThat(documented.isObject()).as(what + " is documented").isTrue();
        assertThat(documented.get("content").propertyNames()).as(what).contains(reply.type());
        headers(what, documented.get("headers"), reply);
        JsonNode schema = documented.get("content").get(reply.type()).get("schema");
        for (JsonNode value : values(reply)) {
            assertThat(faults(schema, value)).as(what + ": " + value).isEmpty();
            if (reply.type().equals("application/problem+json")) {
                assertThat(value.get("status").intValue()).as(what).isEqualTo(reply.status());
            }
        }
        seen.add(what);
    }

    private void headers(String what, JsonNode documented, Reply reply) {
        for (String header : reply.headers().map().keySet()) {
            assertThat(GENERAL.contains(header.toLowerCase(Locale.ROOT)) || documented.has(header(documented, header)))
                    .as(what + " has the header " + header)
                    .isTrue();
        }
        documented.forEachEntry((header, node) -> {
            JsonNode explained = resolved(node);
            assertThat(reply.has(header) || !explained.path("required").booleanValue(false))
                    .as(what + " has no header " + header)
                    .isTrue();
            for (String value : reply.headers().allValues(header)) {
                assertThat(faults(explained.get("schema"), value(explained.get("schema"), value)))
                        .as(what + ": " + header + ": " + value)
                        .isEmpty();
            }
        });
    }

    /** A text as the schema means it. */
    private static JsonNode value(JsonNode schema, String text) {
        return schema.get("type").stringValue().equals("integer")
                ? Json.MAPPER.readTree(text)
                : StringNode.valueOf(text);
    }

    /** As it is written there. */
    private static String header(JsonNode documented, String name) {
        return documented.propertyNames().stream()
                .filter(name::equalsIgnoreCase)
                .findFirst()
                .orElse(name);
    }

    private static List<JsonNode> values(Reply reply) {
        String body = reply.body();
        return switch (reply.type()) {
            case "application/x-ndjson" ->
                body.lines().map(Json.MAPPER::readTree).toList();
            case "text/event-stream" ->
                body.lines()
                        .filter(line -> line.startsWith("data: "))
                        .map(line -> Json.MAPPER.readTree(line.substring("data: ".length())))
                        .toList();
            case "text/plain",
                    "text/plain; charset=utf-8",
                    "text/html",
                    "application/x-protobuf",
                    "application/octet-stream" -> List.of(StringNode.valueOf(body));
            default -> List.of(Json.MAPPER.readTree(body));
        };
    }

    /** What is wrong with a value. */
    List<String> faults(JsonNode schema, JsonNode value) {
        return schemas.computeIfAbsent(schema, this::read).validate(value).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private Schema read(JsonNode schema) {
        ObjectNode whole = Json.MAPPER.createObjectNode();
        whole.putArray("allOf").add(schema);
        whole.set("components", json.get("components"));
        return SCHEMAS.getSchema(whole);
    }
}
