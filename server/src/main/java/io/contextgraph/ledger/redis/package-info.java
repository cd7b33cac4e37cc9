/** The ledger in Redis: the only place that knows the driver, the key names and the scripts. */
@NullMarked
package io.contextgraph.ledger.redis;

import org.jspecify.annotations.NullMarked;
