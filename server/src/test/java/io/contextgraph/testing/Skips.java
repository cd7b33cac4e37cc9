// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/**
 * The one way to skip a test: says why, and only for tests named in {@code allowed-skips.txt}; any other one fails.
 */
public final class Skips {
    private Skips() {}

    /** Skips the test of {@code test} unless {@code needed} is there. */
    public static void unless(boolean needed, Class<?> test, String reason) {
        if (needed) {
            return;
        }
        String name = test.getName();
        System.out.println("SKIPPED " + name + ": " + reason);
        if (!allowed().contains(name)) {
            throw new AssertionError(name + " may not be skipped (" + reason + "): not in allowed-skips.txt");
        }
        Assumptions.abort(reason);
    }

    private static Set<String> allowed() {
        try (InputStream in = Skips.class.getResourceAsStream("/allowed-skips.txt")) {
            if (in == null) {
                throw new IllegalStateException("missing resource: allowed-skips.txt");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
