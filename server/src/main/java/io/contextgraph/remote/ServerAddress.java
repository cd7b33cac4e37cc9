// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.config.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a server is, who asks, and whom to believe.
 *
 * @param base the address, without a slash at its end
 * @param key what the server knows its client by; empty where it asks for none
 * @param authorities the file (PEM) with the certificates of those who may vouch for the server; empty: those that Java knows
 */
public record ServerAddress(URI base, Optional<String> key, Optional<Path> authorities) {
    /** The variable that names the server. */
    public static final String SERVER = "CG_SERVER";
    /** The variable that holds the key. */
    public static final String KEY = "CG_KEY";
    /** The variable that names the file that holds the key. */
    public static final String KEY_FILE = "CG_KEY_FILE";
    /** The variable that names the file of authorities. */
    public static final String AUTHORITIES = "CG_SERVER_CA";
    /** All of them. */
    public static final Set<String> VARIABLES = Set.of(SERVER, KEY, KEY_FILE, AUTHORITIES);

    /** The flag that allows what is otherwise refused. */
    public static final String PLAIN = "--plain-http";

    private static final int MAX_KEY = 8192;

    /**
     * What the variables of a process say of a server.
     *
     * @param url its address
     * @param plain whether the key may go over plain HTTP to another machine
     * @throws ConfigurationException with everything that is wrong
     */
    public static ServerAddress of(String url, Map<String, String> variables, boolean plain) {
        List<String> problems = new ArrayList<>();
        Optional<URI> base = base(url, problems);
        Optional<String> key = key(variables, problems);
        Optional<Path> authorities = text(variables, AUTHORITIES).map(Path::of);
        authorities
                .filter(file -> !Files.isReadable(file))
                .ifPresent(file -> problems.add(AUTHORITIES + ": there is no file that can be read: " + file));
        if (base.isPresent() && key.isPresent() && !plain && isPlain(base.get()) && !isLoopback(base.get())) {
            problems.add("the key would go over plain HTTP to " + base.get().getHost()
                    + ", where anybody on the way can read it: use https, or say " + PLAIN);
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return new ServerAddress(base.orElseThrow(), key, authorities);
    }

    private static Optional<URI> base(String url, List<String> problems) {
        String rule = "the server must be an address such as https://graph.example:8443: ";
        try {
            URI uri = new URI(url.strip().replaceFirst("/+$", ""));
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if (uri.getRawUserInfo() != null) {
                problems.add("the address of the server must have no user and no password: the key is that of " + KEY);
            } else if (uri.getHost() == null
                    || !(scheme.equals("http") || scheme.equals("https"))
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null) {
                problems.add(rule + url);
            } else {
                return Optional.of(uri);
            }
        } catch (URISyntaxException malformed) {
            problems.add(rule + (url.contains("@") ? "this one is malformed" : url));
        }
        return Optional.empty();
    }

    private static Optional<String> key(Map<String, String> variables, List<String> problems) {
        Optional<String> key = text(variables, KEY);
        Optional<String> file = text(variables, KEY_FILE);
        if (key.isPresent() && file.isPresent()) {
            problems.add("there must be one of " + KEY + " and " + KEY_FILE + ", and there are both");
            return Optional.empty();
        }
        Optional<String> found = file.isPresent() ? read(Path.of(file.get()), problems) : key;
        // Neither white space nor anything that could begin another header.
        if (found.isPresent() && !found.get().matches("[!-~]{1," + MAX_KEY + "}")) {
            problems.add((file.isPresent() ? KEY_FILE : KEY) + ": a key is one word of letters, digits and signs");
            return Optional.empty();
        }
        return found;
    }

    private static Optional<String> read(Path file, List<String> problems) {
        try {
            if (Files.size(file) > MAX_KEY) {
                problems.add(KEY_FILE + ": is too large for a key: " + file);
                return Optional.empty();
            }
            return Optional.of(Files.readString(file, StandardCharsets.UTF_8).strip());
        } catch (IOException unreadable) {
            problems.add(KEY_FILE + ": cannot be read: " + file);
            return Optional.empty();
        }
    }

    private static Optional<String> text(Map<String, String> variables, String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static boolean isPlain(URI uri) {
        return uri.getScheme().equalsIgnoreCase("http");
    }

    /** By its name: a name server may say anything. */
    private static boolean isLoopback(URI uri) {
        String host = uri.getHost();
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        String address = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        if (!address.contains(":") && !address.matches("[0-9.]+")) {
            return false;
        }
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException none) {
            return false;
        }
    }

    /** Leaves the key out. */
    @Override
    public String toString() {
        return base.toString();
    }
}
