/** What a deployment needs for its events, from what was measured. */
@NullMarked
package io.contextgraph.sizing;

import org.jspecify.annotations.NullMarked;
