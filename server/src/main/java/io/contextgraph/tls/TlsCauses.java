// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What went wrong with TLS, in words for people, from what the JDK and the engines above it say. */
public final class TlsCauses {
    private static final int MAX_DEPTH = 16;

    private static final String NOT_TLS = "this port does not speak TLS";

    private TlsCauses() {}

    /** The cause, as a sentence without a full stop; empty when TLS has nothing to do with it. */
    public static Optional<String> of(Throwable error) {
        // The innermost knows most.
        Optional<String> found = Optional.empty();
        @Nullable Throwable at = error;
        for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
            Optional<String> here = at instanceof TlsFailure told ? Optional.ofNullable(told.getMessage()) : one(at);
            if (at instanceof TlsFailure) {
                return here;
            }
            found = here.isPresent() ? here : found;
            at = at.getCause();
        }
        return found;
    }

    private static Optional<String> one(Throwable error) {
        if (error instanceof CertificateExpiredException || isExpired(error)) {
            return Optional.of("the certificate of the server, or one that leads to its authority, has expired");
        }
        if (error instanceof CertificateNotYetValidException) {
            return Optional.of("the certificate of the server is not valid yet: is the clock of this machine right?");
        }
        String message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        if (error.getClass().getSimpleName().equals("NotSslRecordException")
                || message.contains("unsupported or unrecognized ssl message")) {
            return Optional.of(NOT_TLS);
        }
        if (message.contains("no subject alternative") || message.contains("no name matching")) {
            return Optional.of("the certificate of the server is for another host name (" + error.getMessage() + ")");
        }
        if (message.contains("unable to find valid certification path")
                || message.contains("path does not chain with any of the trust anchors")) {
            return Optional.of("the certificate of the server comes from an authority that is not known here");
        }
        return error instanceof SSLException ? alert(message) : Optional.empty();
    }

    private static boolean isExpired(Throwable error) {
        return error instanceof CertPathValidatorException path
                && path.getReason() == CertPathValidatorException.BasicReason.EXPIRED;
    }

    /** What the other side says that it does not like. */
    private static Optional<String> alert(String message) {
        if (!message.contains("received fatal alert: ")) {
            return message.contains("terminated the handshake")
                    ? Optional.of("the server has closed the connection in the middle of the handshake: " + NOT_TLS
                            + ", or it wants a client certificate")
                    : Optional.empty();
        }
        String alert = message.substring(message.lastIndexOf(' ') + 1);
        return Optional.of(
                switch (alert) {
                    case "certificate_required", "bad_certificate", "handshake_failure" ->
                        "the server wants a client certificate (" + alert + ")";
                    case "unknown_ca", "certificate_unknown" ->
                        "the server does not know the authority of the client certificate (" + alert + ")";
                    case "certificate_expired" -> "the server says that the client certificate has expired";
                    case "protocol_version" -> "the server speaks neither TLS 1.2 nor TLS 1.3";
                    default -> "the server has refused the handshake (" + alert + ")";
                });
    }

    /** Whether the other side has answered in TLS, whatever it has said. */
    static boolean isAnswered(TlsFailure failure) {
        return failure.getCause() != null
                && of(failure.getCause())
                        .filter(cause -> !cause.contains(NOT_TLS))
                        .isPresent();
    }

    /** A failed handshake as something that says why. */
    static TlsFailure failure(IOException error) {
        String why = of(error).orElseGet(() -> switch (error) {
            case SocketTimeoutException late ->
                "the server does not answer the handshake: " + NOT_TLS + ", or it hangs";
            case EOFException ended -> "the server has closed the connection: " + NOT_TLS;
            default -> "the handshake failed: " + error.getMessage();
        });
        return new TlsFailure(why, error);
    }
}
