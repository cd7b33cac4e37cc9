// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.s3;

import io.contextgraph.aws.AwsAccess;
import io.contextgraph.storage.StorageLocation;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Clients of a server that speaks S3, for whoever keeps something in its buckets. */
public final class S3Access {
    private S3Access() {}

    /** One to be built, as it is set. */
    public static S3ClientBuilder client(S3Settings settings) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(settings.region()))
                .forcePathStyle(settings.pathStyle())
                .credentialsProvider(AwsAccess.login(settings.login(), S3Settings.LOGIN.key()))
                .httpClientBuilder(AwsAccess.http(settings.timeout()));
        builder = settings.alwaysChecksums()
                ? builder.requestChecksumCalculation(RequestChecksumCalculation.WHEN_SUPPORTED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_SUPPORTED)
                : builder.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        return settings.endpoint().isPresent()
                ? builder.endpointOverride(settings.endpoint().get())
                : builder;
    }

    /** For people: a bucket, or a part of one, and of which server. */
    public static String place(StorageLocation.Bucket location, S3Settings settings) {
        return StorageLocation.SCHEME
                + location.name()
                + (location.prefix().isEmpty() ? "" : "/" + location.prefix())
                + settings.endpoint().map(at -> " at " + at).orElse("");
    }
}
