// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/** Finds out why it was not possible to talk to a port. */
public final class TlsProbe {
    private TlsProbe() {}

    /** What a port answers to a greeting of TLS. */
    public enum Answer {
        /** TLS, whoever trusts whom. */
        TLS,
        /** Something else, or it hangs up. */
        OTHER,
        /** Nothing, or there is nobody. */
        NONE
    }

    /**
     * Greets the server and says no more.
     *
     * @param patience for the connection, and again for the answer
     */
    public static Answer ask(String host, int port, Duration patience) {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), Math.toIntExact(patience.toMillis()));
            ClientTls.STANDARD
                    .factory(patience)
                    .createSocket(plain, host, port, true)
                    .close();
            return Answer.TLS;
        } catch (TlsFailure failure) {
            if (TlsCauses.isAnswered(failure)) {
                return Answer.TLS;
            }
            return failure.getCause() instanceof SocketTimeoutException ? Answer.NONE : Answer.OTHER;
        } catch (IOException unreachable) {
            return Answer.NONE;
        }
    }

    /**
     * Why a server ends a connection after the handshake, as it does with TLS 1.3 when it does not like the client: who talks
     * at once may only see that it has ended.
     *
     * @return empty when it lets the client in, or says nothing
     */
    public static Optional<String> refusal(ClientTls tls, String host, int port, Duration patience) {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), Math.toIntExact(patience.toMillis()));
            Socket secured = tls.factory(patience).createSocket(plain, host, port, true);
            secured.setSoTimeout(Math.toIntExact(patience.toMillis()));
            int ignored = secured.getInputStream().read();
            return Optional.empty();
        } catch (IOException failed) {
            return TlsCauses.of(failed);
        }
    }
}
