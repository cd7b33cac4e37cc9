// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.s3;

import io.contextgraph.config.Login;
import io.contextgraph.storage.StorageLocation.Bucket;
import io.contextgraph.storage.s3.S3Access;
import io.contextgraph.storage.s3.S3Settings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

/** Settings of tests, and what an operator, or somebody else, does with a bucket. */
final class BucketBed implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final URI endpoint;
    private final S3Client s3;

    BucketBed(URI endpoint) {
        this.endpoint = endpoint;
        this.s3 = S3Access.client(server(endpoint, true)).build();
    }

    static S3Settings server(URI endpoint, boolean checksums) {
        return new S3Settings(
                "us-east-1",
                Optional.of(endpoint),
                true,
                checksums,
                Optional.of(new Login("key", "a-secret")),
                Duration.ofSeconds(20));
    }

    KeyBucketSettings settings(String bucket, String prefix) {
        return new KeyBucketSettings(new Bucket(bucket, prefix), server(endpoint, true), PATIENCE, 2);
    }

    static KeyBucketSettings settings(URI endpoint, Duration timeout) {
        return new KeyBucketSettings(new Bucket("bucket", "keys"), server(endpoint, false), timeout, 2);
    }

    S3Client s3() {
        return s3;
    }

    void make(String bucket, boolean versions, boolean locks) {
        var ignored = s3.createBucket(create -> create.bucket(bucket).objectLockEnabledForBucket(locks));
        if (versions) {
            var set = s3.putBucketVersioning(put -> put.bucket(bucket)
                    .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
            if (!set.sdkHttpResponse().isSuccessful()) {
                throw new IllegalStateException("no versions");
            }
        }
    }

    byte[] read(String bucket, String key) {
        ResponseBytes<GetObjectResponse> object =
                s3.getObject(get -> get.bucket(bucket).key(key), ResponseTransformer.toBytes());
        return object.asByteArray();
    }

    void write(String bucket, String key, byte[] content) {
        var ignored = s3.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromBytes(content));
    }

    /** As anybody deletes who does not think of versions. */
    void delete(String bucket, String key) {
        var ignored = s3.deleteObject(delete -> delete.bucket(bucket).key(key));
    }

    List<String> keys(String bucket, String prefix) {
        List<String> keys = new ArrayList<>();
        s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix))
                .contents()
                .forEach(object -> keys.add(object.key()));
        return keys;
    }

    /** All that there is of what begins like this, markers of deletions too. */
    List<String> versions(String bucket, String prefix) {
        List<String> versions = new ArrayList<>();
        s3.listObjectVersionsPaginator(list -> list.bucket(bucket).prefix(prefix))
                .forEach(page -> Stream.concat(
                                page.versions().stream().map(ObjectVersion::versionId),
                                page.deleteMarkers().stream().map(DeleteMarkerEntry::versionId))
                        .forEach(versions::add));
        return versions;
    }

    @Override
    public void close() {
        s3.close();
    }
}
