/** Tests of the built distribution, as its users run it. */
@NullMarked
package io.contextgraph.e2e;

import org.jspecify.annotations.NullMarked;
