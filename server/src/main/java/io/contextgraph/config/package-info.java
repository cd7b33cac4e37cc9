/** Settings: what there is to set, and how a file, the environment and flags are read into one immutable record. */
@NullMarked
package io.contextgraph.config;

import org.jspecify.annotations.NullMarked;
