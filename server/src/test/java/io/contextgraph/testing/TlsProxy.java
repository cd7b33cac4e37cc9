// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import io.contextgraph.tls.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A loopback port that speaks TLS in front of a server that does not, as the server itself would: with any certificate, and
 * one of clients where it asks for that.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class TlsProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final SSLContext context;
    private final boolean asksClients;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private TlsProxy(int target, SSLContext context, boolean asksClients) throws IOException {
        this.target = target;
        this.context = context;
        this.asksClients = asksClients;
        this.listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("tls-proxy").start(this::accept);
    }

    /** In front of the server on a loopback port. */
    public static TlsProxy to(int port, Identity.Files shown) {
        return to(port, shown, Optional.empty());
    }

    /**
     * The same, and clients must show certificates.
     *
     * @param clients file of the authority by which theirs must be
     */
    public static TlsProxy asking(int port, Identity.Files shown, Path clients) {
        return to(port, shown, Optional.of(clients));
    }

    private static TlsProxy to(int port, Identity.Files shown, Optional<Path> clients) {
        try {
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            char[] none = {};
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            byte[] key =
                    Base64.getMimeDecoder().decode(Files.readString(shown.key()).replaceAll("-----[^-]*-----", ""));
            keys.setKeyEntry(
                    "own",
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
                    none,
                    new Certificate[] {certificate(shown.certificate())});
            own.init(keys, none);
            TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            KeyStore authorities = KeyStore.getInstance("PKCS12");
            authorities.load(null, null);
            authorities.setCertificateEntry("clients", certificate(clients.orElse(shown.certificate())));
            trusted.init(authorities);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
            return new TlsProxy(port, context, clients.isPresent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                open.add(client);
                Thread.ofVirtual().name("tls-proxy-client").start(() -> serve(client));
            } catch (IOException closing) {
                // This proxy is being closed.
            }
        }
    }

    private void serve(Socket plain) {
        try (plain;
                SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(plain, null, true)) {
            client.setNeedClientAuth(asksClients);
            client.startHandshake();
            try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
                server.setTcpNoDelay(true);
                plain.setTcpNoDelay(true);
                Thread requests = Thread.ofVirtual().start(() -> pump(client, server));
                pump(server, client);
                requests.join();
            }
        } catch (IOException refused) {
            // One of the two has gone, or they could not agree.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(plain);
        }
    }

    private static void pump(Socket from, Socket to) {
        try (to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16 * 1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException broken) {
            // An end has gone.
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket one : open) {
                one.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
