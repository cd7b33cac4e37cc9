/** Operating the product: version, health, metrics, examination of the parts. */
@NullMarked
package io.contextgraph.ops;

import org.jspecify.annotations.NullMarked;
