// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.config.Login;
import io.contextgraph.privacy.aws.KmsKeyWrapper;
import io.contextgraph.privacy.aws.KmsSettings;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyRotation;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.testing.MotoServer;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;

/** What a bucket keeps or lets go by rules of its own, and a store in one that is wrapped by KMS. */
class BucketRulesIT {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final WrappedKey ONE = new WrappedKey("test", 1, "one");
    private static final WrappedKey TWO = new WrappedKey("test", 1, "two");
    private static final KeyId FIRST = new KeyId(Pseudonym.of("p1_" + "0".repeat(32)), 1);
    private static final KeyId SECOND = new KeyId(Pseudonym.of("p1_" + "1".repeat(32)), 1);
    private static final String PREFIX = "keys/here";

    private static MotoServer server;
    private static BucketBed bed;

    private final LocalKeyWrapper wrapper = new LocalKeyWrapper(KeyVersions.random(), "a test");

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = MotoServer.start(BucketRulesIT.class);
        bed = new BucketBed(server.endpoint());
    }

    @AfterAll
    static void stop() {
        bed.close();
        server.close();
    }

    private static void refused(Reason reason, String says, ThrowingCallable call) {
        assertThatExceptionOfType(KeyServiceException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .withMessageContaining(says);
    }

    private static String objectOf(KeyId id) {
        return PREFIX + "/keys/" + id.pseudonym().digits() + ".000000001.000000001";
    }

    @Test
    void aLockIsToldOfAndNothingIsSaidToBeDestroyed() {
        String locks = "keys-with-locks";
        bed.make(locks, true, true);
        try (BucketKeyStore store = BucketKeyStore.create(bed.settings(locks, PREFIX), wrapper)) {
            KeyErasure erasure = new KeyErasure(store);
            assertThat(store.create(FIRST, ONE)).isEqualTo(ONE);
            assertThat(store.replace(FIRST, ONE, TWO)).isTrue();
            assertThat(erasure.intend(List.of(FIRST), AT)).hasSize(1);
            List<String> versions = bed.versions(locks, objectOf(FIRST));
            hold(locks, versions.getLast(), ObjectLockLegalHoldStatus.ON);
            refused(
                    Reason.REFUSED,
                    versions.getLast() + " is under a legal hold",
                    () -> erasure.destroy(List.of(FIRST)));
            assertThat(store.find(FIRST)).isPresent();
            hold(locks, versions.getLast(), ObjectLockLegalHoldStatus.OFF);
            erasure.destroy(List.of(FIRST));
            assertThat(bed.versions(locks, objectOf(FIRST))).isEmpty();
            assertThat(store.create(SECOND, ONE)).isEqualTo(ONE);
            Instant until = Instant.now().plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
            var ignored = bed.s3()
                    .putObjectRetention(put -> put.bucket(locks)
                            .key(objectOf(SECOND))
                            .retention(retention -> retention
                                    .mode(ObjectLockRetentionMode.COMPLIANCE)
                                    .retainUntilDate(until)));
            refused(Reason.REFUSED, "is under an object lock until " + until, () -> store.destroy(SECOND));
            assertThat(store.find(SECOND)).contains(ONE);
        }
    }

    private void hold(String bucket, String version, ObjectLockLegalHoldStatus status) {
        var ignored = bed.s3()
                .putObjectLegalHold(put -> put.bucket(bucket)
                        .key(objectOf(FIRST))
                        .versionId(version)
                        .legalHold(hold -> hold.status(status)));
    }

    @Test
    void aBucketThatLocksEveryObjectIsRefused() {
        String locks = "keys-locked-by-default";
        bed.make(locks, true, true);
        var ignored = bed.s3()
                .putObjectLockConfiguration(put -> put.bucket(locks)
                        .objectLockConfiguration(configuration -> configuration
                                .objectLockEnabled(ObjectLockEnabled.ENABLED)
                                .rule(rule -> rule.defaultRetention(retention -> retention
                                        .mode(ObjectLockRetentionMode.GOVERNANCE)
                                        .days(1)))));
        refused(Reason.REFUSED, "default retention", () -> BucketKeyStore.create(bed.settings(locks, PREFIX), wrapper));
        assertThat(bed.versions(locks, "")).isEmpty();
    }

    @Test
    void aBucketThatLetsObjectsExpireIsRefused() {
        String expires = "keys-that-expire";
        bed.make(expires, true, false);
        expire(expires, "elsewhere/");
        BucketKeyStore.create(bed.settings(expires, PREFIX), wrapper).close();
        for (String of : List.of("", "keys/", "keys/here/erasures/")) {
            expire(expires, of);
            refused(
                    Reason.REFUSED,
                    "lifecycle rule a-rule",
                    () -> BucketKeyStore.open(bed.settings(expires, PREFIX), wrapper));
        }
        expire(expires, "keys/here-2/");
        BucketKeyStore.open(bed.settings(expires, PREFIX), wrapper).close();
    }

    private static void expire(String bucket, String of) {
        LifecycleRule rule = LifecycleRule.builder()
                .id("a-rule")
                .status(ExpirationStatus.ENABLED)
                .filter(filter -> filter.prefix(of))
                .expiration(expiration -> expiration.days(30))
                .build();
        var ignored = bed.s3()
                .putBucketLifecycleConfiguration(
                        put -> put.bucket(bucket).lifecycleConfiguration(configuration -> configuration.rules(rule)));
    }

    /** One server has both: all that is kept is wrapped by a new key of KMS, and the old one is needed no more. */
    @Test
    void theStoresOwnKeyIsWrappedAnewToo() {
        SortedMap<Integer, String> keys = new TreeMap<>();
        String bucket = "keys-by-kms";
        bed.make(bucket, true, false);
        KeyBucketSettings part = bed.settings(bucket, PREFIX);
        try (KmsClient kms = kms()) {
            String first = kms.createKey().keyMetadata().keyId();
            assertThat(keys.put(1, first)).isNull();
            try (KeyWrapper old = kmsWrapper(keys);
                    BucketKeyStore store = BucketKeyStore.create(part, old)) {
                assertThat(store.create(FIRST, old.wrap(new byte[32], new byte[0])))
                        .isNotNull();
            }
            assertThat(keys.put(2, kms.createKey().keyMetadata().keyId())).isNull();
            try (KeyWrapper both = kmsWrapper(keys);
                    BucketKeyStore store = BucketKeyStore.open(part, both)) {
                store.destroy(FIRST);
                assertThat(new KeyRotation(both, store).run()).isEqualTo(new KeyRotation.Report(0, 0));
            }
            var ignored = kms.disableKey(disable -> disable.keyId(first));
            assertThat(keys.remove(1)).isEqualTo(first);
            try (KeyWrapper second = kmsWrapper(keys);
                    BucketKeyStore store = BucketKeyStore.open(part, second)) {
                assertThat(store.list(Optional.empty(), 10)).isEmpty();
            }
        }
    }

    private static KmsClient kms() {
        return KmsClient.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(server.endpoint())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    private static KeyWrapper kmsWrapper(SortedMap<Integer, String> keys) {
        return new KmsKeyWrapper(KmsSettings.of(
                keys, "us-east-1", Optional.of(server.endpoint()), Optional.of(new Login("key", "secret"))));
    }
}
