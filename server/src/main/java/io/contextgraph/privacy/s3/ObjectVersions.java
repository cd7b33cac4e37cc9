// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.s3;

import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.storage.s3.S3Errors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * All that a bucket has of an object, whether it keeps versions, kept some once, or has none: then there is one that is called
 * {@code null}.
 *
 * <p><b>Source.</b> Amazon S3 API: ListObjectVersions, DeleteObject with a version.
 */
final class ObjectVersions {
    private static final int TRIES = 20;

    private final S3Client client;
    private final String bucket;
    private final BucketObjects objects;

    ObjectVersions(S3Client client, String bucket, BucketObjects objects) {
        this.client = client;
        this.bucket = bucket;
        this.objects = objects;
    }

    /** Until the bucket knows nothing of it any more, not even that it was deleted. */
    void destroy(String key) {
        for (int i = 0; i < TRIES; i++) {
            List<String> versions = of(key);
            if (versions.isEmpty()) {
                return;
            }
            versions.forEach(version -> delete(key, version));
        }
        throw new KeyServiceException(
                Reason.REFUSED,
                key + " is still in " + objects.place() + " after it was destroyed " + TRIES
                        + " times: look who writes it, or keeps it");
    }

    private List<String> of(String key) {
        List<String> versions = new ArrayList<>();
        try {
            client.listObjectVersionsPaginator(list -> list.bucket(bucket).prefix(key)).stream()
                    .forEach(page -> {
                        page.versions().stream()
                                .filter(version -> version.key().equals(key))
                                .map(ObjectVersion::versionId)
                                .forEach(versions::add);
                        page.deleteMarkers().stream()
                                .filter(marker -> marker.key().equals(key))
                                .map(DeleteMarkerEntry::versionId)
                                .forEach(versions::add);
                    });
        } catch (SdkException e) {
            throw objects.failed("list the versions of " + key, e);
        }
        return versions;
    }

    private void delete(String key, String version) {
        try {
            var ignored =
                    client.deleteObject(delete -> delete.bucket(bucket).key(key).versionId(version));
        } catch (S3Exception e) {
            if (S3Errors.isMissing(e)) {
                return;
            }
            throw S3Errors.isForbidden(e) ? kept(key, version, e) : objects.failed("destroy " + key, e);
        } catch (SdkException e) {
            throw objects.failed("destroy " + key, e);
        }
    }

    private KeyServiceException kept(String key, String version, S3Exception refused) {
        return new KeyServiceException(
                Reason.REFUSED,
                "the object " + key + " in " + objects.place() + " is not destroyed: its version " + version + " "
                        + why(key, version),
                refused);
    }

    private String why(String key, String version) {
        try {
            HeadObjectResponse head =
                    client.headObject(get -> get.bucket(bucket).key(key).versionId(version));
            Instant until = head.objectLockRetainUntilDate();
            if (head.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON) {
                return "is under a legal hold: take that away, and repeat the erasure";
            }
            if (until != null && until.isAfter(Instant.now())) {
                return "is under an object lock until " + until
                        + ": take the lock away where its mode allows that, and repeat the erasure; else what was wrapped by"
                        + " older versions of the wrapping key becomes unreadable when those are destroyed";
            }
        } catch (SdkException notSeen) {
            // What the refusal says is enough.
        }
        return "must not be deleted by these keys: they need s3:DeleteObjectVersion, and no rule of the bucket, such as"
                + " MFA delete, may forbid it";
    }
}
