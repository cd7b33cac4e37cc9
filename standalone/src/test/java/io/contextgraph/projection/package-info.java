/** Tests with the real processes. */
@NullMarked
package io.contextgraph.projection;

import org.jspecify.annotations.NullMarked;
