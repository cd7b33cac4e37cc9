// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.testing.SilentServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of answers that no KMS gives on demand, and of none. */
class KmsAnswersTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final byte[] BELONGING = {1};
    private static final WrappedKey WRAPPED = new WrappedKey("aws-kms", 1, "AAAA");

    private static SortedMap<Integer, String> key() {
        SortedMap<Integer, String> keys = new TreeMap<>();
        String ignored = keys.put(1, "1234abcd-12ab-34cd-56ef-1234567890ab");
        return keys;
    }

    private static void refused(KmsKeyWrapper wrapper, Reason reason, String says) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(() -> wrapper.unwrap(WRAPPED, BELONGING))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .withMessageContaining("cannot unwrap by key 1 (1234abcd-12ab-34cd-56ef-1234567890ab) of AWS KMS in"
                        + " eu-central-1 at http://")
                .withMessageContaining(says)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("a-secret", "AAAA"));
    }

    @ParameterizedTest
    @CsvSource({
        "400, ThrottlingException, UNAVAILABLE, too much to do, 2",
        "400, LimitExceededException, UNAVAILABLE, too much to do, 1",
        "500, KMSInternalException, UNAVAILABLE, has failed, 2",
        "503, DependencyTimeoutException, UNAVAILABLE, has failed, 2",
        "500, KeyUnavailableException, UNAVAILABLE, has failed, 2",
        "400, DisabledException, REFUSED, aws kms enable-key, 1",
        "400, KMSInvalidStateException, REFUSED, cancel-key-deletion, 1",
        "400, NotFoundException, REFUSED, no such key, 1",
        "400, InvalidKeyUsageException, REFUSED, symmetric, 1",
        "400, IncorrectKeyException, REFUSED, a number of its own, 1",
        "400, AccessDeniedException, REFUSED, kms:ReEncryptFrom, 1",
        "400, UnrecognizedClientException, REFUSED, the login for KMS, 1",
        "400, InvalidSignatureException, REFUSED, the clock of this machine, 1",
        "400, ExpiredTokenException, REFUSED, have expired, 1",
        "400, SomethingNewException, REFUSED, KMS refuses it, 1",
        "400, InvalidCiphertextException, DAMAGED, of another subject, 1",
    })
    void whatKmsAnswersIsToldWithWhatToDo(int status, String code, Reason reason, String says, int times)
            throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", call -> {
            try (call) {
                call.getRequestBody().readAllBytes();
                asked.incrementAndGet();
                byte[] body = ("{\"__type\":\"" + code + "\",\"message\":\"m\"}").getBytes(UTF_8);
                call.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
                call.sendResponseHeaders(status, body.length);
                call.getResponseBody().write(body);
            }
        });
        server.start();
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (KmsKeyWrapper wrapper = new KmsKeyWrapper(KmsBed.settings(key(), endpoint, LONG))) {
            refused(wrapper, reason, says);
            refused(wrapper, reason, status + " " + code);
        } finally {
            server.stop(0);
        }
        assertThat(asked).hasValue(2 * times);
    }

    /** One that does not answer, one that breaks off, and one that is not there: each call ends. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Len",
                "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 100\r\n\r\n{\"Plain"
            })
    void aKmsThatIsSilentIsUnavailable(String says) throws IOException {
        try (SilentServer silent = new SilentServer(says);
                KmsKeyWrapper wrapper = new KmsKeyWrapper(KmsBed.settings(key(), silent.address(), SHORT))) {
            refused(wrapper, Reason.UNAVAILABLE, "does not answer");
        }
    }

    @Test
    void aKmsThatIsNotThereIsUnavailable() {
        try (KmsKeyWrapper wrapper =
                new KmsKeyWrapper(KmsBed.settings(key(), URI.create("http://127.0.0.1:1"), LONG))) {
            refused(wrapper, Reason.UNAVAILABLE, "does not answer");
        }
    }

    @Test
    void aKeyIsNamedByItselfAndNotByAnAlias() {
        for (String name : new String[] {
            "alias/personal", "arn:aws:kms:eu-central-1:123456789012:alias/personal", "", "a key", "../key"
        }) {
            SortedMap<Integer, String> keys = key();
            String ignored = keys.put(2, name);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KmsSettings.of(keys, "eu-central-1", Optional.empty(), Optional.empty()))
                    .withMessageContaining("not by an alias");
        }
        SortedMap<Integer, String> keys = key();
        String ignored = keys.put(2, "arn:aws:kms:eu-central-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab");
        assertThat(KmsSettings.of(keys, "eu-central-1", Optional.empty(), Optional.empty())
                        .keys())
                .hasSize(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KmsSettings.of(new TreeMap<>(), "eu-central-1", Optional.empty(), Optional.empty()))
                .withMessageContaining("no key");
    }
}
