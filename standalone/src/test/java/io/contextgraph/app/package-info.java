/** Tests with the real processes. */
@NullMarked
package io.contextgraph.app;

import org.jspecify.annotations.NullMarked;
