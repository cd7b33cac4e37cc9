// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.EOFException;
import java.net.SocketException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Says in words why a connection with TLS was not made. Pure. */
public final class TlsTrouble {
    private static final int MOST = 50;

    private TlsTrouble() {}

    /**
     * Why, as the end of a sentence such as "Redis does not answer: ..."; empty where it had nothing to do with TLS.
     *
     * @param failure with its causes
     */
    public static Optional<String> why(Throwable failure) {
        List<Throwable> causes = causes(failure);
        if (causes.stream()
                .noneMatch(cause -> cause instanceof SSLException || cause instanceof CertificateException)) {
            return Optional.empty();
        }
        Optional<String> certificate =
                causes.stream().flatMap(cause -> ofCertificate(cause).stream()).reduce((outer, inner) -> inner);
        return certificate.or(() -> causes.stream()
                .filter(SSLException.class::isInstance)
                .findFirst()
                .map(TlsTrouble::ofConversation));
    }

    /** Those of the whole chain and what was suppressed on the way, outer ones first. */
    public static List<Throwable> causes(Throwable failure) {
        Set<Throwable> causes = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> inOrder = new ArrayList<>();
        Deque<Throwable> left = new ArrayDeque<>(List.of(failure));
        while (!left.isEmpty() && inOrder.size() < MOST) {
            Throwable cause = left.removeFirst();
            if (causes.add(cause)) {
                inOrder.add(cause);
                Optional.ofNullable(cause.getCause()).ifPresent(left::addLast);
                left.addAll(List.of(cause.getSuppressed()));
            }
        }
        return inOrder;
    }

    private static Optional<String> ofCertificate(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof CertificateExpiredException) {
            return Optional.of("its certificate has expired");
        }
        if (cause instanceof CertificateNotYetValidException) {
            return Optional.of("its certificate does not count yet: is a clock wrong?");
        }
        if (cause instanceof CertPathBuilderException
                || message.contains("Path does not chain with any of the trust")) {
            return Optional.of("its certificate is signed by an authority that is not trusted here");
        }
        if (cause instanceof CertPathValidatorException && message.contains("validity check failed")) {
            return Optional.of("its certificate has expired, or one of those that vouch for it");
        }
        boolean otherName = message.contains("No subject alternative")
                || message.contains("No name matching")
                || message.contains("doesn't match any of the subject alternative");
        return otherName && cause instanceof CertificateException
                ? Optional.of("its certificate is for another host (" + message + ")")
                : Optional.empty();
    }

    private static String ofConversation(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        String words = message.toLowerCase(Locale.ROOT);
        if (words.contains("unrecognized ssl message") || words.contains("not an ssl/tls record")) {
            return "it does not speak TLS on this port";
        }
        if (message.equals(ClientSockets.SILENT)) {
            return "it does not answer when TLS begins: does it speak TLS on this port?";
        }
        if (words.contains("certificate_required") || words.contains("bad_certificate")) {
            return "it wants a certificate of the client, or refuses the one that it was shown";
        }
        if (words.contains("protocol_version") || words.contains("handshake_failure")) {
            return "it speaks no TLS that is still safe (1.2 or 1.3), or has no certificate to show";
        }
        if (cause.getCause() instanceof EOFException
                || cause.getCause() instanceof SocketException
                || words.contains("terminated the handshake")
                || words.contains("closed while ssl/tls handshake")) {
            return "it broke off while TLS began: does it speak TLS on this port?";
        }
        return "TLS failed: " + message;
    }
}
