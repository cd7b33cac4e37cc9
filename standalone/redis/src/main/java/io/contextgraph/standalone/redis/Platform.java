// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone.redis;

import java.util.Locale;

/** The kind of machine this is. */
final class Platform {
    private Platform() {}

    /** As {@code linux/x86_64}, {@code linux/arm64}, {@code mac/arm64}. */
    static String current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static String of(String system, String processor) {
        var name = system.toLowerCase(Locale.ROOT);
        var kind = name.startsWith("mac") ? "mac" : name.startsWith("linux") ? "linux" : name;
        return kind + "/"
                + switch (processor.toLowerCase(Locale.ROOT)) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> processor;
                };
    }
}
