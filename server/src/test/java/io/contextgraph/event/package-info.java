@NullMarked
package io.contextgraph.event;

import org.jspecify.annotations.NullMarked;
