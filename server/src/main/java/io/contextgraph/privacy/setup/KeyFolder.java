// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the keys of a deployment are.
 *
 * <p><b>Shape.</b> {@value #WRAPPING} wraps the keys of persons, {@value #PSEUDONYMS} makes their pseudonyms, {@value #STORE} has the
 * wrapped keys and who was erased.
 *
 * @param folder of all of it
 * @param wrapping where that file is
 */
public record KeyFolder(Path folder, Path wrapping) {
    static final String WRAPPING = "wrapping.key";
    static final String PSEUDONYMS = "pseudonyms.key";
    static final String STORE = "store";

    /** @param wrapping empty where it is in the folder */
    public static KeyFolder of(Path folder, Optional<Path> wrapping) {
        return new KeyFolder(folder, wrapping.orElseGet(() -> folder.resolve(WRAPPING)));
    }

    Path pseudonyms() {
        return folder.resolve(PSEUDONYMS);
    }

    Path store() {
        return folder.resolve(STORE);
    }
}
