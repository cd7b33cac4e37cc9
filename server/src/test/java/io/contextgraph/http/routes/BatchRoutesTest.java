// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.event.SessionId;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class BatchRoutesTest {
    private static String batch(ObjectNode... events) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode array = body.putArray("events");
        List.of(events).forEach(array::add);
        return body.toString();
    }

    private static HttpRequest.Builder ndjson(TestServer server, String lines) {
        return HttpRequest.newBuilder(server.uri("/v1/events/batch"))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(lines));
    }

    private static List<String> codes(String lines) {
        return lines.lines()
                .map(Json.MAPPER::readTree)
                .map(json -> json.get("line") + " "
                        + (json.has("code") ? json.get("code").stringValue() : json.get("seq") + ""))
                .toList();
    }

    @Test
    void eachEventIsJudgedAloneAndOrderIsKept() {
        try (TestServer server = TestServer.start()) {
            ObjectNode first = TestServer.event();
            ObjectNode bad = TestServer.event(Map.of("status", "done", "event_id", "nope"));
            ObjectNode conflict = first.deepCopy().put("agent_id", "other");
            ObjectNode last = TestServer.event();
            HttpResponse<String> response = server.post("/v1/events/batch", batch(first, bad, first, conflict, last));
            JsonNode json = TestServer.json(response);

            assertThat(response.statusCode()).isEqualTo(201);
            assertThat(List.copyOf(json.propertyNames()))
                    .containsExactly("accepted", "rejected", "duplicates", "durability", "results", "errors");
            assertThat(json.get("accepted").intValue()).isEqualTo(3);
            assertThat(json.get("rejected").intValue()).isEqualTo(2);
            assertThat(json.get("duplicates").intValue()).isEqualTo(1);
            assertThat(json.get("durability").stringValue()).isEqualTo("memory");
            assertThat(json.get("results")
                            .valueStream()
                            .map(r -> r.get("index") + ":" + r.get("seq") + ":" + r.get("duplicate"))
                            .toList())
                    .containsExactly("0:1:false", "2:1:true", "4:2:false");
            assertThat(json.get("errors")
                            .valueStream()
                            .map(r -> r.get("index") + ":" + r.get("code").stringValue() + ":"
                                    + r.get("event_id").stringValue())
                            .toList())
                    .containsExactly(
                            "1:invalid_event:nope",
                            "3:event_id_conflict:" + first.get("event_id").stringValue());
            assertThat(json.get("errors").get(0).get("errors").size()).isEqualTo(2);
        }
    }

    @Test
    void aBatchHasOneToAThousandEventsAndNothingElse() {
        try (TestServer server = TestServer.start()) {
            ObjectNode[] many = new ObjectNode[1001];
            for (int i = 0; i < many.length; i++) {
                many[i] = TestServer.event();
            }
            for (String body : List.of("{}", "{\"events\":[]}", "{\"events\":{}}", "[]", batch(many))) {
                assertThat(server.post("/v1/events/batch", body).statusCode()).isEqualTo(422);
            }
            HttpResponse<String> extra = server.post("/v1/events/batch", "{\"events\":[],\"atomic\":true}");
            assertThat(TestServer.json(extra)
                            .get("errors")
                            .valueStream()
                            .map(e -> e.get("pointer").stringValue() + " "
                                    + e.get("code").stringValue())
                            .toList())
                    .containsExactly("/atomic unknown_field", "/events batch_size");
            assertThat(server.ledger.head().seq()).isZero();
            assertThat(server.post("/v1/events/batch", batch(TestServer.event()), "Expected-Session-Seq", "1")
                            .statusCode())
                    .isEqualTo(422);
        }
    }

    @Test
    void tooLargeAndPersonalEventsAreRefusedAloneInABatch() {
        try (TestServer server = TestServer.start()) {
            ObjectNode large = TestServer.event(Map.of("payload", Map.of("x", "y".repeat(300 * 1024))));
            ObjectNode personal = TestServer.event(Map.of("data_subject_id", "jane"));
            JsonNode json =
                    TestServer.json(server.post("/v1/events/batch", batch(large, TestServer.event(), personal)));
            assertThat(json.get("accepted").intValue()).isEqualTo(1);
            assertThat(json.get("errors")
                            .valueStream()
                            .map(e -> e.get("code").stringValue())
                            .toList())
                    .containsExactly("event_too_large", "privacy_unavailable");
        }
    }

    @Test
    void nothingAcceptedMeansNoDurability() {
        try (TestServer server = TestServer.start()) {
            JsonNode json = TestServer.json(server.post("/v1/events/batch", "{\"events\":[1]}"));
            assertThat(json.get("accepted").intValue()).isZero();
            assertThat(json.get("durability").isNull()).isTrue();
            assertThat(json.get("errors").get(0).get("event_id").isNull()).isTrue();
        }
    }

    @Test
    void everyLineHasItsAnswer() {
        try (TestServer server = TestServer.start()) {
            ObjectNode event = TestServer.event();
            String lines = event + "\n\n  \r\n{broken\n" + event + "\r\n"
                    + TestServer.event(Map.of("payload", Map.of("x", "y".repeat(600 * 1024)))) + "\n"
                    + TestServer.event(Map.of("payload", Map.of("x", "y".repeat(300 * 1024)))) + "\n"
                    + TestServer.event();
            HttpResponse<String> response = server.send(ndjson(server, lines));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/x-ndjson");
            assertThat(codes(response.body()))
                    .containsExactly("1 1", "4 malformed_json", "5 1", "6 event_too_large", "7 event_too_large", "8 2");
            assertThat(response.body()).doesNotContain("broken");
        }
    }

    @Test
    void aFaultOfALineNamesTheLineOfTheStream() {
        try (TestServer server = TestServer.start()) {
            String lines = "\n" + TestServer.event() + "\n{\"a\":tru}\n" + "[".repeat(600) + "\n";
            List<String> messages = server.send(ndjson(server, lines))
                    .body()
                    .lines()
                    .map(Json.MAPPER::readTree)
                    .filter(json -> json.has("errors"))
                    .map(json -> json.at("/errors/0/message").stringValue())
                    .toList();
            assertThat(messages)
                    .containsExactly(
                            "Line 3 of the stream is not JSON, or an object in it names a key twice, at column 6.",
                            "Line 4 of the stream nests too deep or holds a number that is too long.");
        }
    }

    @Test
    void aStreamMayBeLargerThanAnyBody() {
        try (TestServer server = TestServer.start(With.limits(new HttpSettings.Limits(64 * 1024, 100, 8, 16, 4)))) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 5000; i++) {
                lines.append(TestServer.event()).append('\n');
            }
            assertThat(lines.length()).isGreaterThan(20 * 64 * 1024 / 2);
            HttpResponse<String> response = server.send(ndjson(server, lines.toString()));
            assertThat(response.body().lines().count()).isEqualTo(5000);
            assertThat(server.ledger.head().seq()).isEqualTo(5000);
        }
    }

    @Test
    void linesAreAnsweredWhileTheStreamIsOpen() throws Exception {
        try (TestServer server = TestServer.start();
                Socket socket = server.connect()) {
            socket.setSoTimeout(10_000);
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            List<String> head = List.of(
                    "POST /v1/events/batch HTTP/1.1",
                    "Host: localhost",
                    "Content-Type: application/x-ndjson",
                    "Transfer-Encoding: chunked",
                    "",
                    "");
            send(socket, String.join("\r\n", head));
            for (int i = 1; i <= 3; i++) {
                String line = TestServer.event() + "\n";
                send(socket, Integer.toHexString(line.length()) + "\r\n" + line + "\r\n");
                assertThat(until(answers, "{")).contains("\"line\":" + i + ",").contains("\"seq\":" + i + ",");
            }
            send(socket, "0\r\n\r\n");
            assertThat(until(answers, "0")).isEqualTo("0");
        }
    }

    @Test
    void aMalformedChunkEndsTheStreamAndWhatCameBeforeIsTaken() throws Exception {
        try (TestServer server = TestServer.start()) {
            String line = TestServer.event() + "\n";
            String answer = server.raw("POST /v1/events/batch HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(line.length()) + "\r\n" + line + "\r\nzz\r\n");
            assertThat(answer)
                    .startsWith("HTTP/1.1 200 ")
                    .contains("\"line\":1,")
                    .contains("{\"line\":2,\"event_id\":null,\"code\":\"malformed_request\"")
                    .endsWith("0\r\n\r\n");
            assertThat(server.ledger.head().seq()).isEqualTo(1);
        }
    }

    /** The client goes on sending and sees why it should not; then the connection is closed, soon. */
    @Test
    void aStreamThatFailsIsAnsweredWhileTheClientStillSends() throws Exception {
        FailingEventLog[] failing = new FailingEventLog[1];
        try (TestServer server =
                        TestServer.start(s -> s, log -> failing[0] = new FailingEventLog(log), graph -> graph);
                Socket socket = server.connect()) {
            failing[0].failWith(new LedgerException(Reason.FULL, "full"));
            socket.setSoTimeout(10_000);
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            send(socket, "POST /v1/events/batch HTTP/1.1\r\nHost: localhost\r\n");
            send(socket, "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
            String line = TestServer.event() + "\n";
            send(socket, Integer.toHexString(line.length()) + "\r\n" + line + "\r\n");
            assertThat(until(answers, "{")).contains("ledger_full");
            assertThat(until(answers, "0")).isEqualTo("0");
            // The rest of the body is read for two seconds; then it is over, whatever the client does.
            assertThat(answers.lines().toList()).containsExactly("");
        }
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String until(BufferedReader lines, String start) throws IOException {
        String line = lines.readLine();
        while (!line.startsWith(start)) {
            line = lines.readLine();
        }
        return line;
    }

    @Test
    void whenTheLedgerFailsTheLinesSaySoAndTheStreamEnds() {
        FailingEventLog[] failing = new FailingEventLog[1];
        try (TestServer server =
                TestServer.start(s -> s, log -> failing[0] = new FailingEventLog(log), graph -> graph)) {
            failing[0].failWith(new LedgerException(Reason.FULL, "redis://secret:1 is full"));
            HttpResponse<String> response =
                    server.send(ndjson(server, TestServer.event() + "\n{x\n" + TestServer.event() + "\n"));
            assertThat(codes(response.body())).containsExactly("1 ledger_full", "2 malformed_json", "3 ledger_full");
            assertThat(response.body()).doesNotContain("secret");
        }
    }

    /** Whatever is wrong with one session, the events of others have their answers. */
    @Test
    void neighboursOfARefusedEventHaveTheirOwnAnswers() {
        FailingEventLog[] failing = new FailingEventLog[1];
        try (TestServer server =
                TestServer.start(s -> s, log -> failing[0] = new FailingEventLog(log), graph -> graph)) {
            failing[0].refuse(new SessionId("damaged"));
            ObjectNode damaged = TestServer.event(Map.of("session_id", "damaged"));
            JsonNode json = TestServer.json(
                    server.post("/v1/events/batch", batch(TestServer.event(), damaged, TestServer.event())));
            assertThat(json.get("accepted").intValue()).isEqualTo(2);
            assertThat(json.get("rejected").intValue()).isEqualTo(1);
            assertThat(json.get("results").valueStream().map(r -> r.get("index").intValue()))
                    .containsExactly(0, 2);
            JsonNode error = json.get("errors").get(0);
            assertThat(error.get("index").intValue()).isEqualTo(1);
            assertThat(error.get("event_id")).isEqualTo(damaged.get("event_id"));
            assertThat(error.get("code").stringValue()).isEqualTo("ledger_corrupt");
            assertThat(error.at("/errors/0/code").stringValue()).isEqualTo("ledger_corrupt");
            assertThat(error.at("/errors/0/message").stringValue()).contains("its session is damaged");

            HttpResponse<String> lines = server.send(
                    ndjson(server, TestServer.event() + "\n" + damaged + "\n" + TestServer.event() + "\n" + damaged));
            assertThat(codes(lines.body())).containsExactly("1 3", "2 ledger_corrupt", "3 4", "4 ledger_corrupt");

            HttpResponse<String> single = server.post("/v1/events", damaged.toString());
            assertThat(single.statusCode()).isEqualTo(500);
            assertThat(TestServer.json(single).get("code").stringValue()).isEqualTo("ledger_corrupt");
            assertThat(TestServer.json(single).get("detail").stringValue()).contains("its session is damaged");
            assertThat(server.post("/v1/events", TestServer.event().toString()).statusCode())
                    .isEqualTo(201);
        }
    }

    @Test
    void whatTheLedgerCallsPersonalIsRefusedAlone() {
        FailingEventLog[] failing = new FailingEventLog[1];
        try (TestServer server =
                TestServer.start(s -> s, log -> failing[0] = new FailingEventLog(log), graph -> graph)) {
            failing[0].callPersonal(new SessionId("jane"));
            ObjectNode personal = TestServer.event(Map.of("session_id", "jane"));
            JsonNode json = TestServer.json(server.post("/v1/events/batch", batch(TestServer.event(), personal)));
            assertThat(json.get("accepted").intValue()).isEqualTo(1);
            assertThat(json.at("/errors/0/event_id")).isEqualTo(personal.get("event_id"));
            assertThat(json.at("/errors/0/code").stringValue()).isEqualTo("privacy_unavailable");
            assertThat(json.at("/errors/0/errors/0/pointer").stringValue()).isEqualTo("/data_subject_id");

            HttpResponse<String> lines =
                    server.send(ndjson(server, TestServer.event() + "\n" + personal + "\n" + TestServer.event()));
            assertThat(codes(lines.body())).containsExactly("1 2", "2 privacy_unavailable", "3 3");

            HttpResponse<String> single = server.post("/v1/events", personal.toString());
            assertThat(single.statusCode()).isEqualTo(422);
            assertThat(TestServer.json(single).get("code").stringValue()).isEqualTo("privacy_unavailable");
        }
    }

    @Test
    void whatIsAboutSomebodyErasedIsRefusedAlone() {
        FailingEventLog[] failing = new FailingEventLog[1];
        try (TestServer server =
                TestServer.start(s -> s, log -> failing[0] = new FailingEventLog(log), graph -> graph)) {
            failing[0].callErased(3, new SessionId("jane"));
            ObjectNode erased = TestServer.event(Map.of("session_id", "jane"));
            JsonNode json = TestServer.json(server.post("/v1/events/batch", batch(TestServer.event(), erased)));
            assertThat(json.get("accepted").intValue()).isEqualTo(1);
            assertThat(json.at("/errors/0/event_id")).isEqualTo(erased.get("event_id"));
            assertThat(json.at("/errors/0/code").stringValue()).isEqualTo("subject_erased");
            assertThat(json.at("/errors/0/erased_key_generation").intValue()).isEqualTo(3);
            assertThat(json.at("/errors/0/errors/0/pointer").stringValue()).isEqualTo("/data_subject_id");

            HttpResponse<String> lines =
                    server.send(ndjson(server, TestServer.event() + "\n" + erased + "\n" + TestServer.event()));
            assertThat(codes(lines.body())).containsExactly("1 2", "2 subject_erased", "3 3");

            HttpResponse<String> single = server.post("/v1/events", erased.toString());
            assertThat(single.statusCode()).isEqualTo(410);
            JsonNode problem = TestServer.json(single);
            assertThat(problem.get("code").stringValue()).isEqualTo("subject_erased");
            assertThat(problem.get("event_id")).isEqualTo(erased.get("event_id"));
            assertThat(problem.get("erased_key_generation").intValue()).isEqualTo(3);
        }
    }

    @Test
    void aLevelThatTheLedgerCannotConfirmIsTheFaultOfTheHeader() {
        try (TestServer server = TestServer.start()) {
            JsonNode line = Json.MAPPER.readTree(
                    server.send(ndjson(server, TestServer.event() + "\n").header("Durability", "fsync"))
                            .body());
            assertThat(line.get("code").stringValue()).isEqualTo("durability_unsupported");
            assertThat(line.at("/errors/0/pointer").stringValue()).isEqualTo("/header/Durability");
            assertThat(line.at("/errors/0/message").stringValue())
                    .isEqualTo("asks for a level that this event store cannot confirm");
        }
    }

    @Test
    void aTruncatedStreamKeepsWhatWasWhole() {
        try (TestServer server = TestServer.start()) {
            String id = UUID.randomUUID().toString();
            HttpResponse<String> response =
                    server.send(ndjson(server, TestServer.event(Map.of("event_id", id)) + "\n{\"event_id\":\""));
            assertThat(codes(response.body())).containsExactly("1 1", "2 malformed_json");
        }
    }
}
