@NullMarked
package io.contextgraph.ledger.redis;

import org.jspecify.annotations.NullMarked;
