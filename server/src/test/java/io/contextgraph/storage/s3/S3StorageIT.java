// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.config.Login;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageContract;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import io.contextgraph.storage.StorageLocation.Bucket;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.testing.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

class S3StorageIT {
    private static final Optional<Login> LOGIN = Optional.of(new Login("key", "secret"));
    private static final String BUCKET = "archive";

    private static S3Server server;

    @BeforeAll
    static void start() throws IOException {
        server = S3Server.start();
        try (S3Client client = S3Client.builder()
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .endpointOverride(server.endpoint())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            client.createBucket(create -> create.bucket(BUCKET));
        }
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static S3Settings settings(boolean checksums, Optional<Login> login, URI endpoint) {
        return new S3Settings("us-east-1", Optional.of(endpoint), true, checksums, login, Duration.ofSeconds(10));
    }

    private static Bucket part() {
        return new Bucket(BUCKET, "tests/" + UUID.randomUUID());
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_METHOD)
    class WithChecksums extends StorageContract {
        private final Bucket part = part();

        @Override
        protected Storage connect() {
            return new S3Storage(part, settings(true, LOGIN, server.endpoint()), 3);
        }

        @Override
        protected boolean decidesRaces() {
            return false;
        }
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_METHOD)
    class WithoutChecksums extends StorageContract {
        private final Bucket part = part();

        @Override
        protected Storage connect() {
            return new S3Storage(part, settings(false, LOGIN, server.endpoint()));
        }

        @Override
        protected boolean decidesRaces() {
            return false;
        }
    }

    @Test
    void partsOfABucketAreApart(@TempDir Path local) throws IOException {
        Bucket part = part();
        Path file = Files.writeString(local.resolve("file"), "x");
        try (Storage one = new S3Storage(part, settings(true, LOGIN, server.endpoint()));
                Storage longer = new S3Storage(
                        new Bucket(BUCKET, part.prefix() + "-2"), settings(true, LOGIN, server.endpoint()));
                Storage whole = new S3Storage(new Bucket(BUCKET, ""), settings(true, LOGIN, server.endpoint()))) {
            one.put("a", file);
            longer.put("b", file);
            assertThat(one.list("")).extracting(StoredFile::name).containsExactly("a");
            assertThat(whole.list(part.prefix()))
                    .extracting(StoredFile::name)
                    .containsExactly(part.prefix() + "-2/b", part.prefix() + "/a");
        }
    }

    @Test
    void aBucketThatIsNotThereIsRefused() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(
                        () -> new S3Storage(new Bucket("no-such-bucket", ""), settings(true, LOGIN, server.endpoint()))
                                .open("file"))
                .withMessageContaining("there is no such bucket")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(
                        () -> new S3Storage(part(), settings(true, LOGIN, URI.create("http://127.0.0.1:1"))).list(""))
                .withMessageContaining("it does not answer")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
    }
}
