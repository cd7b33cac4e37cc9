/** The ledger in the memory of one process: the reference that every other store is measured against. */
@NullMarked
package io.contextgraph.ledger.memory;

import org.jspecify.annotations.NullMarked;
