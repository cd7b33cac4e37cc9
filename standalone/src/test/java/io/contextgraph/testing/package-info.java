/** Tests with the real processes. */
@NullMarked
package io.contextgraph.testing;

import org.jspecify.annotations.NullMarked;
