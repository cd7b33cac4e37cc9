/** Metrics and health. */
@NullMarked
package io.contextgraph.ops;

import org.jspecify.annotations.NullMarked;
