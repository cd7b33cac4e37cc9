// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.s3;

import io.contextgraph.aws.AwsFailures;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.LifecycleRuleFilter;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ObjectLockRule;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What a bucket does by itself: one that locks each object keeps keys that must go, one that lets objects expire loses keys
 * that must stay. Rules that the login may not read, or the server does not have, are believed to be fine.
 */
final class BucketRules {
    private final S3Client client;
    private final String bucket;
    private final String prefix;
    private final BucketObjects objects;

    BucketRules(S3Client client, String bucket, String prefix, BucketObjects objects) {
        this.client = client;
        this.bucket = bucket;
        this.prefix = prefix;
        this.objects = objects;
    }

    /** Refuses one in which a store of keys cannot live. */
    void require() {
        boolean locks = said(() -> client.getObjectLockConfiguration(get -> get.bucket(bucket))
                        .objectLockConfiguration())
                .map(ObjectLockConfiguration::rule)
                .map(ObjectLockRule::defaultRetention)
                .isPresent();
        if (locks) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "the bucket of " + objects.place() + " locks each object for a time, so that no key in it can be"
                            + " destroyed: take its default retention away, or name another bucket");
        }
        List<LifecycleRule> rules = said(() -> client.getBucketLifecycleConfiguration(get -> get.bucket(bucket))
                        .rules())
                .orElse(List.of());
        for (LifecycleRule rule : rules) {
            if (expiresOurs(rule)) {
                throw new KeyServiceException(
                        Reason.REFUSED,
                        "the bucket of " + objects.place() + " lets objects expire by its lifecycle rule " + rule.id()
                                + ", keys and erasures with them: give the rule another prefix, or name another bucket");
            }
        }
    }

    private <T> Optional<T> said(Supplier<T> call) {
        try {
            return Optional.ofNullable(call.get());
        } catch (S3Exception e) {
            if (AwsFailures.passes(e.statusCode())) {
                throw objects.failed("read the rules of the bucket", e);
            }
            return Optional.empty();
        } catch (SdkException e) {
            throw objects.failed("read the rules of the bucket", e);
        }
    }

    private boolean expiresOurs(LifecycleRule rule) {
        boolean expires = rule.expiration() != null
                && (rule.expiration().days() != null || rule.expiration().date() != null);
        String of = beginning(rule);
        // Tags are for others: these objects have none.
        boolean tagged = rule.filter() != null
                && (rule.filter().tag() != null
                        || (rule.filter().and() != null && rule.filter().and().hasTags()));
        return rule.status() == ExpirationStatus.ENABLED
                && expires
                && !tagged
                && (of.startsWith(prefix) || prefix.startsWith(of));
    }

    /** Rules of buckets that have had them for long have no filter. */
    @SuppressWarnings("deprecation")
    private static String beginning(LifecycleRule rule) {
        LifecycleRuleFilter filter = rule.filter();
        String prefix;
        if (filter == null) {
            prefix = rule.prefix();
        } else {
            prefix = filter.and() == null ? filter.prefix() : filter.and().prefix();
        }
        return prefix == null ? "" : prefix;
    }
}
