/** Retention over weeks, with real processes. */
@NullMarked
package io.contextgraph.retention;

import org.jspecify.annotations.NullMarked;
