// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.s3;

import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.ErasureShards;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.StoreSeal;
import io.contextgraph.privacy.s3.BucketObjects.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The erasures of a {@link BucketKeyStore}.
 *
 * <p><b>Shape.</b> {@code erasures/<id of the store>/<digit>}: an object for each of {@link ErasureShards}, written as a whole,
 * only in place of what was read. Their tags (ETag) together are the revision, which one listing has. That one became shorter
 * is noticed while a process runs.
 *
 * <p><b>Units and bounds.</b> As they have, in an object and in memory. Where the bucket keeps versions, each step leaves one
 * of its object: let a lifecycle rule of the bucket take those away that are not current.
 */
final class BucketErasureLedger implements ErasureLedger {
    static final String FOLDER = "erasures/";
    private static final int TRIES = 100;

    /** Of nothing that was ever written. */
    private static final String NO_TAG = "\"00000000000000000000000000000000\"";

    private final BucketObjects objects;
    private final StoreSeal seal;
    private final String folder;
    private final ConcurrentMap<Character, Shard> shards = new ConcurrentHashMap<>();

    BucketErasureLedger(BucketObjects objects, StoreSeal seal, String storeId) {
        this.objects = objects;
        this.seal = seal;
        this.folder = FOLDER + storeId + "/";
    }

    /** What was read, and how the object was then. */
    private record Shard(String etag, NavigableMap<Pseudonym, Erasures> all) {}

    /** Those of a new store, in which nobody is. */
    void create() {
        byte[] none = ErasureShards.write(ErasureShards.none());
        for (char digit : ErasureShards.DIGITS.toCharArray()) {
            if (!objects.create(folder + digit, seal.seal(folder + digit, none))) {
                throw objects.damaged(folder + digit, "is there before its store");
            }
        }
        requireConditions(folder + ErasureShards.DIGITS.charAt(0), none);
    }

    /** By a server that ignores conditions two would have a key of their own each. */
    private void requireConditions(String name, byte[] none) {
        if (objects.create(name, seal.seal(name, none)) || objects.replace(name, NO_TAG, seal.seal(name, none))) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "the server of " + objects.place()
                            + " writes without looking at conditions (If-None-Match, If-Match):"
                            + " no keys can be kept there; name a bucket of another one");
        }
    }

    private Shard shard(char digit) {
        String name = folder + digit;
        Shard known = shards.get(digit);
        return switch (objects.read(name, Optional.ofNullable(known).map(Shard::etag))) {
            case Answer.There there -> kept(digit, name, known, there);
            case Answer.Same same -> {
                if (known == null) {
                    throw new IllegalStateException("nothing was known that could be " + same);
                }
                yield known;
            }
            case Answer.Missing missing -> {
                objects.requireThere();
                throw objects.damaged(name, missing.isDeleted() ? "was deleted" : "is missing");
            }
        };
    }

    private Shard kept(char digit, String name, @Nullable Shard known, Answer.There there) {
        NavigableMap<Pseudonym, Erasures> all = seal.open(name, there.bytes())
                .flatMap(ErasureShards::read)
                .orElseThrow(() -> objects.damaged(name, "was altered"));
        if (known != null && !ErasureShards.includes(all, known.all())) {
            throw objects.damaged(name, "lacks erasures that were in it");
        }
        Shard read = new Shard(there.etag(), all);
        Shard ignored = shards.put(digit, read);
        return read;
    }

    @Override
    public Erasures find(Pseudonym pseudonym) {
        return ErasureShards.of(shard(ErasureShards.digit(pseudonym)).all(), pseudonym);
    }

    @Override
    public boolean add(Erasures was, Erasures.Step step) {
        char digit = ErasureShards.digit(was.pseudonym());
        String name = folder + digit;
        Erasures next = was.with(step);
        for (int i = 0; i < TRIES; i++) {
            Shard shard = shard(digit);
            if (!ErasureShards.of(shard.all(), was.pseudonym()).equals(was)) {
                return false;
            }
            byte[] more = ErasureShards.write(ErasureShards.with(shard.all(), next));
            if (objects.replace(name, shard.etag(), seal.seal(name, more))) {
                return true;
            }
        }
        throw new KeyServiceException(
                Reason.UNAVAILABLE, "the object " + name + " changed all the time while an erasure was written to it");
    }

    @Override
    public List<Erasures> list(Optional<Pseudonym> after, int limit) {
        List<Erasures> page = new ArrayList<>();
        int first = after.map(last -> ErasureShards.DIGITS.indexOf(ErasureShards.digit(last)))
                .orElse(0);
        for (int at = first; at < ErasureShards.DIGITS.length() && page.size() < limit; at++) {
            NavigableMap<Pseudonym, Erasures> all =
                    shard(ErasureShards.DIGITS.charAt(at)).all();
            after.map(last -> all.tailMap(last, false)).orElse(all).values().stream()
                    .limit(limit - page.size())
                    .forEach(page::add);
        }
        return page;
    }

    @Override
    public String revision() {
        StringBuilder revision = new StringBuilder();
        List<S3Object> all = objects.list(folder, "", BucketObjects.PAGE);
        for (char digit : ErasureShards.DIGITS.toCharArray()) {
            S3Object shard = all.stream()
                    .filter(object -> objects.name(object).equals(folder + digit))
                    .findFirst()
                    .orElseThrow(() -> missing(folder + digit));
            revision.append(shard.eTag()).append(' ');
        }
        return revision.toString();
    }

    private KeyServiceException missing(String name) {
        objects.requireThere();
        return objects.damaged(name, "is missing");
    }
}
