// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.s3;

import io.contextgraph.storage.StorageLocation;
import io.contextgraph.storage.s3.S3Settings;
import java.time.Duration;

/**
 * Which bucket has a store of keys, and how long its server may take.
 *
 * @param location a bucket, or a part of one in which nothing else is
 * @param server how it is reached
 * @param timeout for one request, from its first byte to the last one of its answer
 * @param attempts most for one request
 */
public record KeyBucketSettings(StorageLocation.Bucket location, S3Settings server, Duration timeout, int attempts) {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 3;

    /** With the usual patience: what seals and opens waits for it. */
    public static KeyBucketSettings of(StorageLocation.Bucket location, S3Settings server) {
        return new KeyBucketSettings(location, server, TIMEOUT, ATTEMPTS);
    }
}
