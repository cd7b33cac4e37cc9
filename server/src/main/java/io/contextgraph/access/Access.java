// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import java.util.Optional;

/**
 * The door: tells of each request who asks.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Access {
    private static final String SCHEME = "bearer ";

    private final Optional<KeyRing> keys;
    private final Optional<Tokens> tokens;
    private final boolean required;

    /**
     * @param required whether a key is needed even where there is none
     */
    private Access(Optional<KeyRing> keys, Optional<Tokens> tokens, boolean required) {
        this.keys = keys;
        this.tokens = tokens;
        this.required = required;
    }

    /** Lets everybody in. */
    public static Access open() {
        return new Access(Optional.empty(), Optional.empty(), false);
    }

    /**
     * Asks for a key as soon as there is one.
     *
     * @param required whether it is asked for before
     */
    public static Access by(KeyRing keys, Optional<Tokens> tokens, boolean required) {
        return new Access(Optional.of(keys), tokens, required || tokens.isPresent());
    }

    /** Whether nobody is asked for a key now. */
    public boolean isOpen() {
        return !required && keys.filter(KeyRing::hasKeys).isEmpty();
    }

    /**
     * Who asks.
     *
     * @param authorization the header of that name
     */
    public Identified identify(Optional<String> authorization) {
        if (isOpen()) {
            return new Identified.As(Caller.SOMEBODY);
        }
        if (authorization.isEmpty()) {
            return Identified.not(Identified.Why.MISSING);
        }
        String header = authorization.get();
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Identified.not(Identified.Why.MALFORMED);
        }
        String shown = header.substring(SCHEME.length()).strip();
        if (shown.startsWith(KeySecret.PREFIX)) {
            Optional<KeySecret> secret = KeySecret.parse(shown);
            return secret.isPresent() && keys.isPresent()
                    ? keys.get().identify(secret.get())
                    : Identified.not(Identified.Why.MALFORMED);
        }
        return tokens.map(known -> known.identify(shown)).orElseGet(() -> Identified.not(Identified.Why.MALFORMED));
    }
}
