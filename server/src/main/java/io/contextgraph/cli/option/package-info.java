/** Options that commands have in common. */
@NullMarked
package io.contextgraph.cli.option;

import org.jspecify.annotations.NullMarked;
