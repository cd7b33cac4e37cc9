/** The command line: one file per command, over the same ports as everything else. */
@NullMarked
package io.contextgraph.cli;

import org.jspecify.annotations.NullMarked;
