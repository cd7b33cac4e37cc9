/** Contract kits: what every implementation of the ledger's ports must do. */
@NullMarked
package io.contextgraph.ledger;

import org.jspecify.annotations.NullMarked;
