@NullMarked
package io.contextgraph.bench.soak;

import org.jspecify.annotations.NullMarked;
