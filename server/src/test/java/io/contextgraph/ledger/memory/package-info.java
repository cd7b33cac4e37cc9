@NullMarked
package io.contextgraph.ledger.memory;

import org.jspecify.annotations.NullMarked;
