/** The HTTP API: routes over the ports, problems as RFC 9457, and the bounds that keep a bad client harmless. */
@NullMarked
package io.contextgraph.http;

import org.jspecify.annotations.NullMarked;
