// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import io.contextgraph.config.Setting;
import io.contextgraph.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What settings of different parts say about TLS. */
public final class TlsSettings {
    private TlsSettings() {}

    /** That a certificate comes with its key. */
    public static List<String> both(
            Settings settings, Setting<Optional<Path>> certificate, Setting<Optional<Path>> key) {
        boolean one = settings.get(certificate).isPresent();
        return one == settings.get(key).isPresent()
                ? List.of()
                : List.of((one ? key : certificate).key() + " must be set where " + (one ? certificate : key).key()
                        + " is: a certificate and its key belong together");
    }

    /** The files of a certificate and its key; empty where they are not set. */
    public static Optional<Identity.Files> files(
            Settings settings, Setting<Optional<Path>> certificate, Setting<Optional<Path>> key) {
        return settings.get(certificate)
                .flatMap(chain -> settings.get(key).map(secret -> new Identity.Files(chain, secret)));
    }
}
