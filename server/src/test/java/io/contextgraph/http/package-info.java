/** The HTTP API over real connections. */
@NullMarked
package io.contextgraph.http;

import org.jspecify.annotations.NullMarked;
