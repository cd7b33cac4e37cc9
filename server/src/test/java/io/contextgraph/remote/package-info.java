@NullMarked
package io.contextgraph.remote;

import org.jspecify.annotations.NullMarked;
