// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.stream.IntStream;

/** The rule that traces of our own requests do not go to ourselves, as far as an address can tell. */
final class OwnAddress {
    private OwnAddress() {}

    /**
     * Why traces must not be sent there; empty where they may. Looks the name up; one that nobody knows is not ours.
     *
     * @param ports on which this server listens
     */
    static Optional<String> refusal(TracingSettings settings, int... ports) {
        boolean ours = IntStream.of(ports).anyMatch(port -> port == settings.port());
        String host = settings.endpoint().getHost();
        return ours && isHere(host)
                ? Optional.of(TracingSettings.ENDPOINT.key()
                        + " must not be this server itself, which would trace its own"
                        + " traces: port " + settings.port() + " of " + host + " is ours; name a collector, or another"
                        + " deployment of Context Graph with a ledger of its own")
                : Optional.empty();
    }

    private static boolean isHere(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (address.isLoopbackAddress()
                        || address.isAnyLocalAddress()
                        || NetworkInterface.getByInetAddress(address) != null) {
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException | SocketException unknown) {
            return false;
        }
    }
}
