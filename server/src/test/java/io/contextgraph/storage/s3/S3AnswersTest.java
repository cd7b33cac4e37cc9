// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.contextgraph.config.Login;
import io.contextgraph.storage.Storage.Deletion;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import io.contextgraph.storage.StorageLocation.Bucket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of answers that no server gives on demand: locks, lost answers, refusals. */
class S3AnswersTest {
    private static final String LATER = "9999-01-01T00:00:00Z";
    private static final String EARLIER = "2020-01-01T00:00:00Z";

    @TempDir
    private Path local;

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private String mark = "";
    private HttpServer server;
    private S3Storage storage;

    private record Answer(int status, String code, Map<String, String> headers) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        storage = new S3Storage(
                new Bucket("bucket", ""),
                new S3Settings(
                        "us-east-1",
                        Optional.of(endpoint),
                        true,
                        false,
                        Optional.of(new Login("key", "a-secret")),
                        Duration.ofSeconds(10)));
    }

    @AfterEach
    void stop() {
        storage.close();
        server.stop(0);
    }

    private void answer(HttpExchange call) throws IOException {
        try (call) {
            call.getRequestBody().readAllBytes();
            asked.add(call.getRequestMethod());
            String sent = call.getRequestHeaders().getFirst("x-amz-meta-contextgraph-put");
            mark = sent == null || !mark.isEmpty() ? mark : sent;
            Answer next = answers.size() > 1 ? answers.remove() : answers.element();
            Headers headers = call.getResponseHeaders();
            next.headers().forEach((name, value) -> headers.add(name, value.replace("MARK", mark)));
            boolean bare = call.getRequestMethod().equals("HEAD") || next.code().isEmpty();
            byte[] body = ("<?xml version=\"1.0\"?><Error><Code>" + next.code() + "</Code><Message>m</Message></Error>")
                    .getBytes(UTF_8);
            call.sendResponseHeaders(next.status(), bare ? -1 : body.length);
            if (!bare) {
                call.getResponseBody().write(body);
            }
        }
    }

    private void next(int status, String code) {
        next(status, code, Map.of());
    }

    private void next(int status, String code, Map<String, String> headers) {
        answers.add(new Answer(status, code, headers));
    }

    @Test
    void whatIsUnderALockIsRetainedAndNotTouched() {
        next(
                200,
                "",
                Map.of(
                        "x-amz-object-lock-mode",
                        "COMPLIANCE",
                        "x-amz-object-lock-retain-until-date",
                        LATER,
                        "Content-Length",
                        "1"));
        assertThat(storage.delete("file")).isEqualTo(Deletion.RETAINED);
        assertThat(asked).containsExactly("HEAD");
    }

    @Test
    void whatIsUnderALegalHoldIsRetainedAndNotTouched() {
        next(200, "", Map.of("x-amz-object-lock-legal-hold", "ON"));
        assertThat(storage.delete("file")).isEqualTo(Deletion.RETAINED);
        assertThat(asked).containsExactly("HEAD");
    }

    @Test
    void whoseLockHasEndedGoes() {
        next(
                200,
                "",
                Map.of(
                        "x-amz-object-lock-mode",
                        "GOVERNANCE",
                        "x-amz-object-lock-retain-until-date",
                        EARLIER,
                        "x-amz-object-lock-legal-hold",
                        "OFF"));
        next(204, "");
        assertThat(storage.delete("file")).isEqualTo(Deletion.GONE);
        assertThat(asked).containsExactly("HEAD", "DELETE");
    }

    @Test
    void whatARuleOfTheBucketKeepsIsRetained() {
        next(200, "");
        next(403, "AccessDenied");
        assertThat(storage.delete("file")).isEqualTo(Deletion.RETAINED);
    }

    @Test
    void whoHasWrongKeysIsNotToldThatAFileIsRetained() {
        next(200, "");
        next(403, "SignatureDoesNotMatch");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.delete("file"))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
    }

    @Test
    void whatWasWrittenThoughTheAnswerWasLostIsWritten() throws IOException {
        next(500, "InternalError");
        next(412, "PreconditionFailed");
        next(200, "", Map.of("x-amz-meta-contextgraph-put", "MARK"));
        storage.put("file", Files.writeString(local.resolve("file"), "x"));
        assertThat(asked).containsExactly("PUT", "PUT", "HEAD");
    }

    @Test
    void whatAnotherHasWrittenIsThere() throws IOException {
        Path file = Files.writeString(local.resolve("file"), "x");
        next(412, "PreconditionFailed");
        next(200, "", Map.of("x-amz-meta-contextgraph-put", "another"));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.put("file", file))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.EXISTS));
    }

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, REFUSED, they need s3:ListBucket",
        "403, InvalidAccessKeyId, REFUSED, look at s3.login",
        "403, RequestTimeTooSkewed, REFUSED, the clock of this machine is wrong",
        "400, AuthorizationHeaderMalformed, REFUSED, look at s3.region",
        "404, NoSuchBucket, REFUSED, there is no such bucket",
        "404, NoSuchKey, MISSING, it is not there",
        "501, NotImplemented, REFUSED, If-None-Match",
        "503, SlowDown, UNAVAILABLE, the server has failed",
    })
    void whatAServerAnswersIsToldWithWhatToDo(int status, String code, Reason reason, String told) {
        next(status, code);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> storage.open("file"))
                .withMessageContaining("cannot read file in s3://bucket at http://127.0.0.1:")
                .withMessageContaining(told)
                .withMessageContaining(status + " " + code)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("a-secret"));
    }
}
