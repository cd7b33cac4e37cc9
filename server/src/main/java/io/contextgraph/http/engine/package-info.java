// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What every route needs: the server, the way of a request, problems as RFC 9457, and the bounds that keep a bad client harmless. */
@NullMarked
package io.contextgraph.http.engine;

import org.jspecify.annotations.NullMarked;
