// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import java.nio.file.Path;

/**
 * The folder of the keys of a deployment.
 *
 * <p><b>Shape.</b> {@value #PSEUDONYMS} makes the pseudonyms of persons; {@value #WRAPPING} wraps their keys and {@value #STORE} has
 * these and who was erased, where the settings name no other place; {@value #RECEIPTS} signs receipts for erasures.
 */
record KeyFolder(Path path) {
    static final String WRAPPING = "wrapping.key";
    static final String PSEUDONYMS = "pseudonyms.key";
    static final String STORE = "store";
    static final String RECEIPTS = "receipts.key";

    Path wrapping() {
        return path.resolve(WRAPPING);
    }

    Path pseudonyms() {
        return path.resolve(PSEUDONYMS);
    }

    Path receipts() {
        return path.resolve(RECEIPTS);
    }

    Path store() {
        return path.resolve(STORE);
    }
}
