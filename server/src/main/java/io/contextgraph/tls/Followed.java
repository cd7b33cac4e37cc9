// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is made of some files, made anew when their contents change.
 *
 * <p><b>Guarantees.</b> Files that cannot be used, such as half-written ones, leave what was made before, and are told once.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class Followed<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Followed.class);

    private final List<Path> files;
    private final Maker<T> maker;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile T made;
    private volatile Optional<String> problem = Optional.empty();
    private byte[] used;
    private byte[] refused = {};

    /** Makes something of the contents of the files, in their order. */
    interface Maker<T> {
        T make(List<byte[]> contents) throws TlsFileException;
    }

    /** Reads the files, which must be usable. */
    Followed(List<Path> files, Maker<T> maker) throws TlsFileException {
        this.files = List.copyOf(files);
        this.maker = maker;
        List<byte[]> contents = contents();
        this.made = maker.make(contents);
        this.used = digest(contents);
    }

    T get() {
        return made;
    }

    /** Why the files as they are now are not in use; empty when they are. */
    Optional<String> problem() {
        return problem;
    }

    /** Looks at the files; whether they have taken the place of those before. */
    boolean look() {
        lock.lock();
        try {
            List<byte[]> contents = contents();
            byte[] now = digest(contents);
            if (Arrays.equals(now, used)) {
                problem = Optional.empty();
                return false;
            }
            if (Arrays.equals(now, refused)) {
                return false;
            }
            refused = now;
            made = maker.make(contents);
            used = now;
            problem = Optional.empty();
            LOG.info("TLS: new contents of {} are in use", files);
            return true;
        } catch (TlsFileException unusable) {
            tell(unusable);
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void tell(TlsFileException unusable) {
        Optional<String> now = Optional.ofNullable(unusable.getMessage());
        if (!now.equals(problem)) {
            LOG.warn("TLS: {}; what was read before stays in use", unusable.getMessage());
        }
        problem = now;
    }

    private List<byte[]> contents() throws TlsFileException {
        List<byte[]> contents = new ArrayList<>();
        for (Path file : files) {
            contents.add(Pem.bytes(file));
        }
        return contents;
    }

    /** Keys are compared by their hash, not kept. */
    private static byte[] digest(List<byte[]> contents) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] one : contents) {
                digest.update(Integer.toString(one.length).getBytes(StandardCharsets.US_ASCII));
                digest.update((byte) ' ');
                digest.update(one);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
