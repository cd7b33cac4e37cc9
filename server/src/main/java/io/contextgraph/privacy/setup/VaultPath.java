// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in Vault.
 *
 * @param mount of an engine
 * @param rest a key of it, or a path in it
 */
record VaultPath(String mount, String rest) {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*)");

    /** Reads {@code MOUNT/REST}; empty for anything else. */
    static Optional<VaultPath> parse(String text) {
        Matcher parts = FORM.matcher(text);
        return parts.matches() ? Optional.of(new VaultPath(parts.group(1), parts.group(2))) : Optional.empty();
    }
}
