// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.testing.RedisServers;
import java.net.URI;

class TrimmedStoresIT extends TrimmedStoresContract {
    @Override
    URI redis() {
        return RedisServers.seven();
    }
}
