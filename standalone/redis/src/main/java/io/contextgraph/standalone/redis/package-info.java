/** Finds a Redis server program to run: installed, fetched once for development, or bundled. Knows nothing of the ledger. */
@NullMarked
package io.contextgraph.standalone.redis;

import org.jspecify.annotations.NullMarked;
