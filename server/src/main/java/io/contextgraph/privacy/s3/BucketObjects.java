// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.s3;

import io.contextgraph.aws.AwsAccess;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.StoreHead;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.s3.S3Access;
import io.contextgraph.storage.s3.S3Errors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Objects below a prefix of a bucket, by the rest of their names.
 *
 * <p><b>Units and bounds.</b> An object is at most {@value #MOST_BYTES} bytes.
 *
 * <p><b>Guarantees.</b> Each write has a condition, which the server decides. What was written by a request whose answer was
 * lost is known again by its bytes, so that trying once more does not meet itself: they must be of this write alone.
 */
final class BucketObjects implements AutoCloseable {
    static final int PAGE = 1_000;

    private static final int MOST_BYTES = 64 << 20;
    private static final int NOT_MODIFIED = 304;
    private static final String MARKER = "x-amz-delete-marker";
    private static final String RIGHTS =
            "; a store of keys needs s3:ListBucketVersions, s3:GetObjectVersion and s3:DeleteObjectVersion too";

    private static final ResponseTransformer<GetObjectResponse, Answer.There> WHOLE =
            (head, content) -> new Answer.There(content.readNBytes(MOST_BYTES + 1), head.eTag());

    private final String bucket;
    private final String prefix;
    private final String place;
    private final S3Client client;

    BucketObjects(KeyBucketSettings settings) {
        this.bucket = settings.location().name();
        this.prefix = settings.location().prefix().isEmpty()
                ? ""
                : settings.location().prefix() + "/";
        this.place = S3Access.place(settings.location(), settings.server());
        this.client = S3Access.client(settings.server())
                .httpClientBuilder(AwsAccess.http(settings.timeout()))
                .overrideConfiguration(AwsAccess.limits(settings.timeout(), settings.attempts()).toBuilder()
                        .addExecutionInterceptor(new SentAtOnce())
                        .build())
                .build();
    }

    /**
     * What is small is not announced first ({@code Expect: 100-continue}): the JDK's client of HTTP cannot read why a server
     * refuses what was announced.
     */
    private static final class SentAtOnce implements ExecutionInterceptor {
        @Override
        public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
            return context.httpRequest().toBuilder().removeHeader("Expect").build();
        }
    }

    /** What is there under a name. */
    sealed interface Answer {
        /** These bytes. */
        final class There implements Answer {
            private final byte[] bytes;
            private final String etag;

            There(byte[] bytes, String etag) {
                this.bytes = bytes;
                this.etag = etag;
            }

            byte[] bytes() {
                return bytes;
            }

            /** The tag by which it is replaced. */
            String etag() {
                return etag;
            }
        }

        /** What the caller knows. */
        record Same() implements Answer {}

        /** Nothing; {@code isDeleted}, where somebody deleted it in the way that can be undone. */
        record Missing(boolean isDeleted) implements Answer {}
    }

    /** Reads one. */
    Answer read(String name) {
        return read(name, Optional.empty());
    }

    /** Reads one, unless it is the one that the caller knows. */
    Answer read(String name, Optional<String> known) {
        try {
            Answer.There there = client.getObject(
                    get -> get.bucket(bucket).key(prefix + name).ifNoneMatch(known.orElse(null)), WHOLE);
            if (there.bytes().length > MOST_BYTES) {
                throw damaged(name, "is larger than " + MOST_BYTES + " bytes");
            }
            return there;
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_MODIFIED) {
                return new Answer.Same();
            }
            if (S3Errors.isMissing(e)) {
                return new Answer.Missing(isDeleted(e));
            }
            throw failed("read " + name, e);
        } catch (SdkException e) {
            throw failed("read " + name, e);
        }
    }

    private static boolean isDeleted(S3Exception missing) {
        return missing.awsErrorDetails() != null
                && missing.awsErrorDetails().sdkHttpResponse() != null
                && missing.awsErrorDetails()
                        .sdkHttpResponse()
                        .firstMatchingHeader(MARKER)
                        .filter("true"::equals)
                        .isPresent();
    }

    /** Writes one where there is none; false where there is. */
    boolean create(String name, byte[] bytes) {
        return put(name, bytes, put -> put.ifNoneMatch("*"));
    }

    /** Writes one in place of what was read; false where that is not there any more. */
    boolean replace(String name, String etag, byte[] bytes) {
        return put(name, bytes, put -> put.ifMatch(etag));
    }

    private boolean put(String name, byte[] bytes, UnaryOperator<PutObjectRequest.Builder> condition) {
        PutObjectRequest request = condition
                .apply(PutObjectRequest.builder()
                        .bucket(bucket)
                        .key(prefix + name)
                        .contentType("application/octet-stream"))
                .build();
        try {
            var ignored = client.putObject(request, RequestBody.fromBytes(bytes));
            return true;
        } catch (S3Exception e) {
            // Of a write on a condition 409 is another one at the same instant, and 404 that what it was for has gone.
            boolean decided = e.statusCode() == S3Errors.PRECONDITION_FAILED
                    || e.statusCode() == S3Errors.CONFLICT
                    || S3Errors.isMissing(e);
            if (!decided) {
                throw failed("write " + name, e);
            }
            return read(name) instanceof Answer.There there && Arrays.equals(there.bytes(), bytes);
        } catch (SdkException e) {
            throw failed("write " + name, e);
        }
    }

    /** Names below one, in the order of their bytes: those behind {@code after}, so many at most. */
    List<S3Object> list(String folder, String after, int limit) {
        List<S3Object> found = new ArrayList<>();
        try {
            Optional<String> next = Optional.empty();
            do {
                Optional<String> from = next;
                ListObjectsV2Response page = client.listObjectsV2(list -> list.bucket(bucket)
                        .prefix(prefix + folder)
                        .maxKeys(Math.min(PAGE, limit - found.size()))
                        // Not what a console makes that shows the prefix as a folder.
                        .startAfter(prefix + after)
                        .continuationToken(from.orElse(null)));
                found.addAll(page.contents());
                next = Boolean.TRUE.equals(page.isTruncated())
                        ? Optional.ofNullable(page.nextContinuationToken())
                        : Optional.empty();
            } while (next.isPresent() && found.size() < limit);
        } catch (SdkException e) {
            throw failed("list " + (folder.isEmpty() ? "objects" : folder), e);
        }
        return found;
    }

    /** The name of one that was listed. */
    String name(S3Object object) {
        return object.key().substring(prefix.length());
    }

    /** Destroys one, in every version that there is. */
    void destroy(String name) {
        new ObjectVersions(client, bucket, this).destroy(prefix + name);
    }

    /** A bucket that was emptied, or is another one, must not be taken for an empty store. */
    void requireThere() {
        if (read(StoreHead.NAME) instanceof Answer.Missing) {
            throw none();
        }
    }

    KeyServiceException none() {
        return new KeyServiceException(
                Reason.REFUSED,
                "there is no store of keys in " + place
                        + ": name the bucket and prefix that has it, or bring it back; only"
                        + " where nothing was ever sealed make a new one");
    }

    KeyServiceException damaged(String name, String what) {
        return new KeyServiceException(
                Reason.DAMAGED,
                "the object " + prefix + name + " in " + place + " " + what
                        + ": bring back its newest version that was whole");
    }

    KeyServiceException failed(String what, SdkException e) {
        StorageException told = S3Errors.of(e, "cannot " + what + " in " + place + ": ");
        boolean passes = told.reason() == StorageException.Reason.UNAVAILABLE;
        boolean forbidden = e instanceof S3Exception answered && S3Errors.isForbidden(answered);
        return new KeyServiceException(
                passes ? Reason.UNAVAILABLE : Reason.REFUSED, told.getMessage() + (forbidden ? RIGHTS : ""), e);
    }

    /** Whether the bucket itself works against what is kept in it. */
    void requireLasting() {
        new BucketRules(client, bucket, prefix, this).require();
    }

    String place() {
        return place;
    }

    @Override
    public void close() {
        client.close();
    }
}
