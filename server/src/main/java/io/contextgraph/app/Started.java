// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.cli.workspace.Workspace.Serving;
import io.contextgraph.config.Settings;
import java.net.URI;
import java.util.concurrent.CompletableFuture;

/**
 * A process that listens.
 *
 * @param running all that it has started
 * @param address where it listens
 * @param lost completed when a store that was started with it has ended by itself
 * @param reloading what of its settings may change
 */
record Started(ClosingStack running, URI address, CompletableFuture<String> lost, Reload reloading) implements Serving {
    @Override
    public void reload(Settings settings) {
        reloading.to(settings);
    }

    @Override
    public void close() {
        running.close();
    }
}
