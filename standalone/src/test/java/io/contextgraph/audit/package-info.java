/** Tests with the real processes. */
@NullMarked
package io.contextgraph.audit;

import org.jspecify.annotations.NullMarked;
