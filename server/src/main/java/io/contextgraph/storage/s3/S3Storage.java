// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.storage.s3;

import io.contextgraph.storage.FileNames;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import io.contextgraph.storage.StorageLocation;
import io.contextgraph.storage.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Files in a bucket.
 *
 * <p><b>Units and bounds.</b> A file has up to 5 GiB: it is sent in one request.
 *
 * <p><b>Guarantees.</b> A file is written on the condition that there is none ({@code If-None-Match: *}). What was written
 * by a request whose answer was lost is known again by a mark of its own, so that trying once more does not meet itself.
 * A file that is under a lock (object lock, legal hold) is not touched when it is to go; where the bucket has versions,
 * a file that goes leaves them.
 */
public final class S3Storage implements Storage {
    private static final long LARGEST = 5L << 30;

    /** Who has written a file. */
    private static final String MARK = "contextgraph-put";

    private static final int PAGE = 1000;

    private final StorageLocation.Bucket location;
    private final String beginning;
    private final String place;
    private final S3Client client;
    private final int page;

    public S3Storage(StorageLocation.Bucket location, S3Settings settings) {
        this(location, settings, PAGE);
    }

    S3Storage(StorageLocation.Bucket location, S3Settings settings, int page) {
        this.location = location;
        this.beginning = location.prefix().isEmpty() ? "" : location.prefix() + "/";
        this.place = S3Access.place(location, settings);
        this.client = S3Access.client(settings).build();
        this.page = page;
    }

    @Override
    public void put(String name, Path from) {
        String required = FileNames.require(name);
        put(required, body(from));
    }

    @Override
    public void put(String name, byte[] content) {
        put(FileNames.require(name), RequestBody.fromBytes(content));
    }

    /** {@inheritDoc} The condition decides. */
    @Override
    public void claim(String name, byte[] content) {
        put(name, content);
    }

    private void put(String name, RequestBody body) {
        String key = key(name);
        String mark = UUID.randomUUID().toString();
        try {
            var ignored = client.putObject(
                    put -> put.bucket(location.name())
                            .key(key)
                            .ifNoneMatch("*")
                            .metadata(Map.of(MARK, mark))
                            .contentType("application/octet-stream"),
                    body);
        } catch (S3Exception e) {
            if (!isTaken(e, key)) {
                throw failed("write", name, e);
            }
            if (!hasMark(key, mark)) {
                throw new StorageException(
                        Reason.EXISTS, name + " is in " + place + " already; no file is ever written over");
            }
        } catch (SdkException e) {
            throw failed("write", name, e);
        }
    }

    private static RequestBody body(Path from) {
        try {
            if (!Files.isReadable(from) || Files.size(from) > LARGEST) {
                throw new StorageException(
                        Reason.REFUSED, "what is to be stored must be a file that can be read, of up to 5 GiB");
            }
            return RequestBody.fromFile(from);
        } catch (IOException e) {
            throw new StorageException(Reason.REFUSED, "the file to be stored cannot be read: " + e, e);
        }
    }

    /** Two that write at the same time may both be turned away: one of them is there then, or neither. */
    private boolean isTaken(S3Exception e, String key) {
        return e.statusCode() == S3Errors.PRECONDITION_FAILED || (e.statusCode() == S3Errors.CONFLICT && isThere(key));
    }

    private boolean isThere(String key) {
        try {
            return head(key).contentLength() >= 0;
        } catch (SdkException notSeen) {
            return false;
        }
    }

    private boolean hasMark(String key, String mark) {
        try {
            return mark.equals(head(key).metadata().get(MARK));
        } catch (SdkException notSeen) {
            return false;
        }
    }

    private HeadObjectResponse head(String key) {
        return client.headObject(head -> head.bucket(location.name()).key(key));
    }

    @Override
    public InputStream open(String name) {
        String key = key(FileNames.require(name));
        try {
            return client.getObject(get -> get.bucket(location.name()).key(key));
        } catch (SdkException e) {
            throw failed("read", name, e);
        }
    }

    @Override
    public List<StoredFile> list(String prefix) {
        String all = key(FileNames.requirePrefix(prefix));
        List<StoredFile> found = new ArrayList<>();
        try {
            client.listObjectsV2Paginator(
                            list -> list.bucket(location.name()).prefix(all).maxKeys(page))
                    .contents()
                    .forEach(object -> {
                        String name = object.key().substring(beginning.length());
                        if (FileNames.isName(name)) {
                            found.add(new StoredFile(name, object.size(), object.lastModified()));
                        }
                    });
        } catch (SdkException e) {
            throw failed("list", prefix, e);
        }
        found.sort(Comparator.comparing(StoredFile::name));
        return found;
    }

    @Override
    public Deletion delete(String name) {
        String key = key(FileNames.require(name));
        try {
            if (isLocked(key)) {
                return Deletion.RETAINED;
            }
            var ignored =
                    client.deleteObject(delete -> delete.bucket(location.name()).key(key));
            return Deletion.GONE;
        } catch (S3Exception e) {
            if (S3Errors.isMissing(e)) {
                return Deletion.GONE;
            }
            if (S3Errors.isForbidden(e)) {
                return Deletion.RETAINED;
            }
            throw failed("delete", name, e);
        } catch (SdkException e) {
            throw failed("delete", name, e);
        }
    }

    /** Deleting a locked object succeeds where there are versions: it only becomes invisible. */
    private boolean isLocked(String key) {
        HeadObjectResponse head = head(key);
        Instant until = head.objectLockRetainUntilDate();
        return head.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON
                || (until != null && until.isAfter(Instant.now()));
    }

    private String key(String name) {
        return beginning + name;
    }

    private StorageException failed(String verb, String name, SdkException e) {
        return S3Errors.of(e, "cannot " + verb + " " + (name.isEmpty() ? "files" : name) + " in " + place + ": ");
    }

    @Override
    public String describe() {
        return place;
    }

    @Override
    public void close() {
        client.close();
    }
}
