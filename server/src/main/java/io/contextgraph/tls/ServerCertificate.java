// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import io.contextgraph.ops.BackgroundThread;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The certificate that a server shows, which follows its files.
 *
 * <p><b>Guarantees.</b> New connections get the new certificate within {@link #EVERY} of its files' being whole; those that
 * are open keep the one that they have seen.
 *
 * <p><b>Threads.</b> Safe for threads; one of its own looks at the files.
 */
public final class ServerCertificate implements AutoCloseable {
    /** How often the files are looked at. */
    public static final Duration EVERY = Duration.ofSeconds(5);

    private final Followed<Shown> shown;
    private final BackgroundThread thread = new BackgroundThread("tls-files", this::follow);

    private record Shown(Identity identity, SSLContext context) {}

    private ServerCertificate(Followed<Shown> shown) {
        this.shown = shown;
    }

    /**
     * Reads the files.
     *
     * @throws TlsFileException when they cannot be used, or what they hold has expired
     */
    public static ServerCertificate read(Identity.Files files, InstantSource clock) throws TlsFileException {
        Followed<Shown> shown = new Followed<>(files.all(), contents -> {
            Identity identity = Identity.of(files, contents.getFirst(), contents.getLast());
            if (!clock.instant().isBefore(identity.notAfter())) {
                throw new TlsFileException("the certificate in " + files.certificate() + " has expired at "
                        + identity.notAfter() + ": it must be renewed");
            }
            return new Shown(identity, Contexts.of(identity.managers(), null));
        });
        return new ServerCertificate(shown);
    }

    /** Begins to follow the files. */
    public void start() {
        thread.start();
    }

    private void follow() {
        while (!thread.stoppedWithin(EVERY)) {
            boolean ignored = look();
        }
    }

    /** Looks at the files now; whether there is another certificate. */
    public boolean look() {
        return shown.look();
    }

    /** The one that new connections get. */
    public Identity identity() {
        return shown.get().identity();
    }

    /** When it ends. */
    public Instant notAfter() {
        return identity().notAfter();
    }

    /** Why the files as they are now are not in use; empty when they are. */
    public Optional<String> problem() {
        return shown.problem();
    }

    /** For an engine that takes one context for all its life; each connection has the certificate of its time. */
    public SSLContext context(Arrivals arrivals) {
        return new ServerContext(() -> shown.get().context(), arrivals);
    }

    @Override
    public void close() {
        thread.close();
    }
}
