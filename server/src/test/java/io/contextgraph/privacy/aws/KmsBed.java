// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.aws;

import io.contextgraph.config.Login;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/** Settings of tests, and what an operator does with keys of KMS. */
final class KmsBed implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final URI endpoint;
    private final KmsClient kms;

    KmsBed(URI endpoint) {
        this.endpoint = endpoint;
        this.kms = KmsClient.builder()
                .region(Region.EU_CENTRAL_1)
                .endpointOverride(endpoint)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    KmsSettings settings(SortedMap<Integer, String> keys) {
        return settings(keys, endpoint, PATIENCE);
    }

    static KmsSettings settings(SortedMap<Integer, String> keys, URI endpoint, Duration timeout) {
        return new KmsSettings(
                keys, "eu-central-1", Optional.of(endpoint), Optional.of(new Login("key", "a-secret")), timeout, 2);
    }

    String create() {
        return kms.createKey().keyMetadata().keyId();
    }

    void disable(String key) {
        var ignored = kms.disableKey(disable -> disable.keyId(key));
    }

    void enable(String key) {
        var ignored = kms.enableKey(enable -> enable.keyId(key));
    }

    void scheduleDeletion(String key) {
        var ignored = kms.scheduleKeyDeletion(schedule -> schedule.keyId(key).pendingWindowInDays(7));
    }

    @Override
    public void close() {
        kms.close();
    }
}
