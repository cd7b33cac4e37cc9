// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One client after another, each for some requests: connections are made and given up all the time. */
final class Clients implements AutoCloseable {
    private static final int MOST_REQUESTS = 100;

    private final Scene scene;
    private final SplittableRandom random;
    private @Nullable Api current;
    private int left;

    Clients(Scene scene, SplittableRandom random) {
        this.scene = scene;
        this.random = random;
    }

    /** For the next thing to do. */
    Api next() {
        Api api = current;
        if (api == null || left-- == 0) {
            close();
            api = new Api(scene.server(), scene.tally());
            current = api;
            left = random.nextInt(MOST_REQUESTS);
        }
        return api;
    }

    @Override
    public void close() {
        Api api = current;
        if (api != null) {
            api.close();
        }
        current = null;
    }
}
