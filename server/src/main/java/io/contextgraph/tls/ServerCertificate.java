// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import io.contextgraph.ops.BackgroundThread;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of a server, read anew when its files change.
 *
 * <p><b>Guarantees.</b> A change counts for connections that begin {@link #EVERY} later or sooner; those that are open go on.
 * Files that cannot be used change nothing, and health tells of them.
 *
 * <p><b>Threads.</b> Safe for threads; one of its own looks at the files.
 */
public final class ServerCertificate implements Check, AutoCloseable {
    /** How often the files are looked at. */
    public static final Duration EVERY = Duration.ofSeconds(5);

    /** It has ended or soon will, or its files cannot be used. */
    private static final Concern AILING = Concern.degrading("certificate_ailing");

    private static final Duration SOON = Duration.ofDays(14);
    private static final Logger LOG = LoggerFactory.getLogger(ServerCertificate.class);

    private final Path chain;
    private final Path key;
    private final InstantSource clock;
    private final CurrentIdentity identity;
    private final SSLContext context;
    private final BackgroundThread watcher = new BackgroundThread("tls-files", this::watch);
    private volatile @Nullable String trouble;

    /**
     * Reads it.
     *
     * @param chain PEM file of the certificate and those that vouch for it
     * @param key PEM file of its key
     * @throws TlsFileException when it cannot be used, or has ended
     */
    public ServerCertificate(Path chain, Path key, InstantSource clock) {
        this.chain = chain;
        this.key = key;
        this.clock = clock;
        TlsIdentity read = TlsIdentity.read(chain, key);
        requireValid(read);
        this.identity = new CurrentIdentity(read);
        this.context = TlsContexts.server(identity);
    }

    private void requireValid(TlsIdentity read) {
        if (!clock.instant().isBefore(read.ends())) {
            throw new TlsFileException("the certificate in " + chain + " has ended at " + read.ends());
        }
    }

    /** Begins to look at the files. */
    public void start() {
        watcher.start();
    }

    private void watch() {
        while (!watcher.stoppedWithin(EVERY)) {
            reload();
        }
    }

    /** Reads the files now. */
    void reload() {
        try {
            TlsIdentity read = TlsIdentity.read(chain, key);
            requireValid(read);
            boolean changed = !read.chain().equals(identity.get().chain());
            identity.set(read);
            trouble = null;
            if (changed) {
                LOG.info("the certificate in {} counts now, until {}", chain, read.ends());
            }
        } catch (TlsFileException unusable) {
            String message = String.valueOf(unusable.getMessage());
            if (!message.equals(trouble)) {
                LOG.warn("the certificate of before is kept: {}", message);
            }
            trouble = message;
        }
    }

    /** In which connections begin. */
    public SSLContext context() {
        return context;
    }

    /** From when on it does not count any more. */
    public Instant ends() {
        return identity.get().ends();
    }

    @Override
    public String name() {
        return "certificate";
    }

    @Override
    public Concern unavailable() {
        return AILING;
    }

    @Override
    public Checked look() {
        Duration left = Duration.between(clock.instant(), ends());
        Optional<String> unusable = Optional.ofNullable(trouble);
        if (left.compareTo(SOON) < 0) {
            boolean ended = left.isNegative() || left.isZero();
            return told(
                    ended ? Level.PROBLEM : Level.WARNING,
                    "the certificate in " + chain + (ended ? " has ended at " : " ends at ") + ends() + ": renew it"
                            + unusable.map(why -> "; the files that are there cannot be used: " + why)
                                    .orElse(""));
        }
        return unusable.map(why -> told(Level.PROBLEM, "the certificate of before is kept: " + why))
                .orElseGet(() ->
                        new Checked(true, List.of(Finding.of(Level.OK, "http.certificate", "counts until " + ends()))));
    }

    private static Checked told(Level level, String message) {
        return new Checked(
                true, List.of(Finding.of(level, "http.certificate", message).as(AILING)));
    }

    @Override
    public void close() {
        watcher.close();
    }
}
