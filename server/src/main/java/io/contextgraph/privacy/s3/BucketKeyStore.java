// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.s3;

import io.contextgraph.event.Json;
import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.key.KeyStoreJson;
import io.contextgraph.privacy.key.KeyWrapper;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.StoreHead;
import io.contextgraph.privacy.key.StoreSeal;
import io.contextgraph.privacy.key.WrappedKey;
import io.contextgraph.privacy.key.WrappedKeyStore;
import io.contextgraph.privacy.s3.BucketObjects.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Wrapped keys in a bucket of a server that speaks S3.
 *
 * <p><b>Shape.</b> {@code store.json} says which store it is, and has its own key, wrapped.
 * {@code keys/<digits>.<generation of the pseudonym>.<generation of the key>} has each key, generations in nine digits, so that
 * a bucket lists them in the order of {@link KeyId}; {@code erasures/} the {@link BucketErasureLedger}. Both are sealed by the
 * store's own key. Every write has a condition ({@code If-None-Match}, {@code If-Match}), which the server must know.
 *
 * <p><b>Guarantees.</b> To destroy a key is to delete every version of its object and every marker that one was deleted, until
 * the bucket lists none. A version that is under a lock, or that nobody here may delete, is a failure that names it. A bucket
 * whose rules would lock every object, or let objects expire, is refused. Where a bucket is replicated, its replica keeps what
 * is destroyed here; what is left there is sealed twice, by the store's key and by the wrapping key.
 *
 * <p><b>Errors.</b> An object that is cut, altered or in the place of another is DAMAGED, and named; likewise a key that
 * somebody deleted in the way that can be undone.
 *
 * <p><b>Source.</b> Amazon S3 API, which is strongly consistent for objects and listings.
 */
public final class BucketKeyStore implements WrappedKeyStore {
    private static final String KEYS = "keys/";
    private static final Pattern NAME = Pattern.compile(KEYS + "([0-9a-f]{32})\\.([0-9]{9})\\.([0-9]{9})");
    private static final int TRIES = 100;

    private final BucketObjects objects;
    private final StoreSeal seal;
    private final String id;
    private final BucketErasureLedger erasures;

    private BucketKeyStore(BucketObjects objects, StoreSeal seal, String id) {
        this.objects = objects;
        this.seal = seal;
        this.id = id;
        this.erasures = new BucketErasureLedger(objects, seal, id);
    }

    /** Makes a store, in a bucket or a part of one in which nothing is. */
    public static BucketKeyStore create(KeyBucketSettings settings, KeyWrapper wrapper) {
        return opened(settings, objects -> {
            requireEmpty(objects);
            StoreHead.Made made = StoreHead.make(wrapper);
            BucketKeyStore store =
                    new BucketKeyStore(objects, made.seal(), made.head().id());
            store.erasures.create();
            // The last of it: what has none is no store, and of several that make one at once one does.
            if (!objects.create(StoreHead.NAME, made.head().text())) {
                throw alreadyThere(objects);
            }
            return store;
        });
    }

    private static KeyServiceException alreadyThere(BucketObjects objects) {
        return new KeyServiceException(
                Reason.REFUSED, "there is a store of keys in " + objects.place() + " already: open it");
    }

    private static void requireEmpty(BucketObjects objects) {
        if (objects.read(StoreHead.NAME) instanceof Answer.There) {
            throw alreadyThere(objects);
        }
        // The last one that sorts before what making a store may have left, and the first one that sorts behind it.
        String left = BucketErasureLedger.FOLDER;
        boolean used = objects.list("", "", 1).stream().anyMatch(object -> !isLeft(objects, object))
                || !objects.list("", left + "~", 1).isEmpty();
        if (used) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    objects.place() + " is not empty, and has no " + StoreHead.NAME
                            + ": name an empty part of a bucket, or bring the object back if this was a store of keys");
        }
    }

    private static boolean isLeft(BucketObjects objects, S3Object object) {
        return objects.name(object).startsWith(BucketErasureLedger.FOLDER);
    }

    /** Opens a store that is there: none is made by mistake where one should be. */
    public static BucketKeyStore open(KeyBucketSettings settings, KeyWrapper wrapper) {
        return opened(settings, objects -> {
            StoreHead head = head(objects).head();
            BucketKeyStore store = new BucketKeyStore(objects, head.seal(wrapper), head.id());
            String ignored = store.erasures.revision();
            return store;
        });
    }

    private interface Opening {
        BucketKeyStore of(BucketObjects objects);
    }

    private static BucketKeyStore opened(KeyBucketSettings settings, Opening opening) {
        BucketObjects objects = new BucketObjects(settings);
        try {
            objects.requireLasting();
            return opening.of(objects);
        } catch (RuntimeException failed) {
            objects.close();
            throw failed;
        }
    }

    private record ReadHead(StoreHead head, String etag) {}

    private static ReadHead head(BucketObjects objects) {
        if (!(objects.read(StoreHead.NAME) instanceof Answer.There there)) {
            throw objects.none();
        }
        return StoreHead.parse(there.bytes())
                .map(head -> new ReadHead(head, there.etag()))
                .orElseThrow(() -> objects.damaged(StoreHead.NAME, "is cut or was altered"));
    }

    private static String name(KeyId key) {
        return String.format(
                "%s%s.%09d.%09d",
                KEYS, key.pseudonym().digits(), key.pseudonym().generation(), key.generation());
    }

    private record ReadKey(WrappedKey key, String etag) {}

    private Optional<ReadKey> read(KeyId key) {
        String name = name(key);
        return switch (objects.read(name)) {
            case Answer.There there ->
                Optional.of(new ReadKey(
                        seal.open(name, there.bytes())
                                .flatMap(content -> KeyStoreJson.readKey(
                                        Json.MAPPER.readTree(new String(content, StandardCharsets.UTF_8))))
                                .orElseThrow(() -> objects.damaged(name, "was altered")),
                        there.etag()));
            case Answer.Missing missing -> {
                if (missing.isDeleted()) {
                    throw objects.damaged(
                            name,
                            "was deleted, and not by an erasure; take the mark of its deletion away, or erase its subject");
                }
                objects.requireThere();
                yield Optional.empty();
            }
            case Answer.Same same -> throw new IllegalStateException("nothing was known that could be " + same);
        };
    }

    private byte[] sealed(KeyId key, WrappedKey wrapped) {
        return seal.seal(name(key), KeyStoreJson.write(wrapped).toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<WrappedKey> find(KeyId key) {
        return read(key).map(ReadKey::key);
    }

    @Override
    public WrappedKey create(KeyId key, WrappedKey wrapped) {
        for (int i = 0; i < TRIES; i++) {
            Optional<ReadKey> there = read(key);
            if (there.isPresent()) {
                return there.get().key();
            }
            if (objects.create(name(key), sealed(key, wrapped))) {
                return wrapped;
            }
        }
        throw new KeyServiceException(
                Reason.UNAVAILABLE, "the key " + key + " changed all the time while it was written");
    }

    @Override
    public boolean replace(KeyId key, WrappedKey was, WrappedKey wrapped) {
        return read(key)
                .filter(there -> there.key().equals(was))
                .filter(there -> objects.replace(name(key), there.etag(), sealed(key, wrapped)))
                .isPresent();
    }

    @Override
    public void destroy(KeyId key) {
        objects.requireThere();
        objects.destroy(name(key));
    }

    @Override
    public List<KeyId> list(Optional<KeyId> after, int limit) {
        List<S3Object> page = objects.list(KEYS, after.map(BucketKeyStore::name).orElse(""), limit);
        if (page.isEmpty()) {
            objects.requireThere();
        }
        return page.stream().map(object -> key(objects.name(object))).toList();
    }

    private KeyId key(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw new KeyServiceException(
                    Reason.DAMAGED,
                    "something among the keys in " + objects.place() + " is none: " + name
                            + "; take it away: a copy of a key outlives its erasure");
        }
        return new KeyId(
                new Pseudonym(Integer.parseInt(parts.group(2)), parts.group(1)), Integer.parseInt(parts.group(3)));
    }

    @Override
    public ErasureLedger erasures() {
        return erasures;
    }

    @Override
    public void rewrap(KeyWrapper wrapper) {
        for (int i = 0; i < TRIES; i++) {
            ReadHead was = head(objects);
            StoreHead now = was.head().rewrapped(wrapper);
            if (now.equals(was.head()) || objects.replace(StoreHead.NAME, was.etag(), now.text())) {
                return;
            }
        }
        throw new KeyServiceException(
                Reason.UNAVAILABLE,
                StoreHead.NAME + " in " + objects.place() + " changed all the time while it was wrapped anew");
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String describe() {
        return objects.place();
    }

    @Override
    public void close() {
        objects.close();
    }
}
