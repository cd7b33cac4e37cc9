// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.RandomKey;
import io.contextgraph.privacy.key.SealingKey;
import io.contextgraph.privacy.key.StoreSeal;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.testing.SilentServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of answers that no server gives on demand, and of none. */
class BucketAnswersTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private byte[] written = {};
    private HttpServer server;
    private BucketObjects objects;

    private record Answer(int status, String code) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        objects = new BucketObjects(BucketBed.settings(endpoint(), LONG));
    }

    private URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        objects.close();
        server.stop(0);
    }

    /** A code of {@code WRITTEN} stands for what was written last, {@code OTHER} for something else. */
    private void answer(HttpExchange call) throws IOException {
        try (call) {
            byte[] sent = content(call);
            asked.add(call.getRequestMethod());
            written = call.getRequestMethod().equals("PUT") ? sent : written;
            Answer next = answers.size() > 1 ? answers.remove() : answers.element();
            byte[] body = switch (next.code()) {
                case "" -> new byte[0];
                case "WRITTEN" -> written;
                case "OTHER" -> new byte[] {9};
                default ->
                    ("<?xml version=\"1.0\"?><Error><Code>" + next.code() + "</Code><Message>m</Message></Error>")
                            .getBytes(UTF_8);
            };
            call.getResponseHeaders().add("ETag", "\"tag\"");
            call.sendResponseHeaders(next.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                call.getResponseBody().write(body);
            }
        }
    }

    /** Without the signatures that the SDK puts between its pieces: here there is one. */
    private static byte[] content(HttpExchange call) throws IOException {
        byte[] sent = call.getRequestBody().readAllBytes();
        String length = call.getRequestHeaders().getFirst("x-amz-decoded-content-length");
        if (length == null) {
            return sent;
        }
        int begin = new String(sent, ISO_8859_1).indexOf("\r\n") + 2;
        return Arrays.copyOfRange(sent, begin, begin + Integer.parseInt(length));
    }

    private void next(int status, String code) {
        answers.add(new Answer(status, code));
    }

    @Test
    void whatWasWrittenThoughTheAnswerWasLostIsWritten() {
        next(500, "InternalError");
        next(412, "PreconditionFailed");
        next(200, "WRITTEN");
        assertThat(objects.create("name", new byte[] {1, 2, 3})).isTrue();
        assertThat(asked).containsExactly("PUT", "PUT", "GET");
    }

    @ParameterizedTest
    @CsvSource({"412, PreconditionFailed", "409, ConditionalRequestConflict", "404, NoSuchKey"})
    void whereAnotherWasFasterNothingIsWritten(int status, String code) {
        next(status, code);
        next(200, "OTHER");
        assertThat(objects.replace("name", "\"was\"", new byte[] {1, 2, 3})).isFalse();
        assertThat(asked).containsExactly("PUT", "GET");
    }

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, REFUSED, s3:ListBucketVersions",
        "403, SignatureDoesNotMatch, REFUSED, look at s3.login",
        "404, NoSuchBucket, REFUSED, there is no such bucket",
        "501, NotImplemented, REFUSED, If-None-Match",
        "503, SlowDown, UNAVAILABLE, the server has failed",
    })
    void whatAServerAnswersIsToldWithWhatToDo(int status, String code, Reason reason, String says) {
        next(status, code);
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(() -> objects.create("name", new byte[] {1}))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .withMessageContaining("cannot write name in s3://bucket/keys at http://127.0.0.1:")
                .withMessageContaining(says)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("a-secret"));
    }

    /** Two servers would make a key of their own each for one person. */
    @Test
    void aServerThatIgnoresConditionsKeepsNoKeys() {
        next(200, "");
        StoreSeal seal = new StoreSeal("id", SealingKey.consume(RandomKey.bytes()));
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(() -> new BucketErasureLedger(objects, seal, "id").create())
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
                .withMessageContaining("without looking at conditions");
    }

    @Test
    void whoMayNotSeeWhetherItIsDestroyedIsRefused() {
        next(403, "AccessDenied");
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(() -> objects.destroy("name"))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
                .withMessageContaining("cannot list the versions of keys/name")
                .withMessageContaining("s3:ListBucketVersions");
    }

    /** One that does not answer, and one that breaks off: each call ends. */
    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Len"})
    void aServerThatIsSilentIsUnavailable(String says) throws IOException {
        try (SilentServer silent = new SilentServer(says);
                BucketObjects unheard = new BucketObjects(BucketBed.settings(silent.address(), SHORT))) {
            unavailable(() -> unheard.create("name", new byte[] {1}));
            unreadable(unheard);
        }
    }

    @Test
    void aServerThatBreaksOffWhatItSaysIsUnavailable() throws IOException {
        try (SilentServer silent = new SilentServer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<xml");
                BucketObjects unheard = new BucketObjects(BucketBed.settings(silent.address(), SHORT))) {
            unreadable(unheard);
        }
    }

    private static void unreadable(BucketObjects unheard) {
        unavailable(() -> unheard.read("name"));
        unavailable(() -> unheard.destroy("name"));
        unavailable(() -> unheard.list("keys/", "", 10));
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        LocalKeyWrapper wrapper = new LocalKeyWrapper(KeyVersions.random(), "a test");
        KeyBucketSettings nowhere = BucketBed.settings(URI.create("http://127.0.0.1:1"), LONG);
        unavailable(() -> BucketKeyStore.open(nowhere, wrapper));
        unavailable(() -> BucketKeyStore.create(nowhere, wrapper));
    }

    private static void unavailable(Runnable call) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(call::run)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                .withMessageContaining("does not answer");
    }
}
