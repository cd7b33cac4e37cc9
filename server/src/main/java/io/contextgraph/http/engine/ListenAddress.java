// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rule about where an unprotected server may listen. Pure: no name is looked up. */
public final class ListenAddress {
    private static final Pattern IPV4_LOOPBACK = Pattern.compile("127(\\.(0|[1-9]\\d{0,2})){3}");
    private static final Pattern IPV6_LOOPBACK = Pattern.compile("\\[?(0{0,4}:){2,7}0{0,3}1]?");

    /** Behind a name, or behind the brackets of an IPv6 address. */
    private static final Pattern PORT = Pattern.compile("(?<=^[^:]{1,255}|]):\\d{1,5}$");

    private ListenAddress() {}

    /**
     * Why the server must not listen on {@code host}; empty when it may.
     *
     * @param host as in the configuration
     * @param asksForKeys whether requests are asked for a key
     */
    public static Optional<String> refusal(String host, boolean asksForKeys) {
        if (asksForKeys || isLoopback(host)) {
            return Optional.empty();
        }
        return Optional.of("http.host must be a loopback address (127.0.0.1, ::1 or localhost) as long as there are no"
                + " access keys, because anybody who reaches the port could read and write everything: " + host
                + "; make a first key with: contextgraph keys create NAME --role ROLE, with the settings of this server, or let"
                + " tokens of an identity provider in with jwt.keys");
    }

    /** Why a server that asks nobody for a key must not listen on {@code host}; empty when it may. */
    public static Optional<String> refusalOfDev(String host) {
        return isLoopback(host)
                ? Optional.empty()
                : Optional.of(
                        "access.dev (serve --dev) asks nobody for a key, so that http.host must be a loopback address: "
                                + host);
    }

    /** Whether {@code host} is {@code localhost} or a literal loopback address. Any other name is not. */
    public static boolean isLoopback(String host) {
        return host.toLowerCase(Locale.ROOT).equals("localhost")
                || IPV4_LOOPBACK.matcher(host).matches()
                || IPV6_LOOPBACK.matcher(host).matches();
    }

    /** Whether the {@code Host} of a request, with or without a port, is a name of this very machine. */
    static boolean namesLoopback(String authority) {
        return isLoopback(PORT.matcher(authority).replaceFirst(""));
    }
}
