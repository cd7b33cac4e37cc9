@NullMarked
package io.contextgraph.bench.kill;

import org.jspecify.annotations.NullMarked;
