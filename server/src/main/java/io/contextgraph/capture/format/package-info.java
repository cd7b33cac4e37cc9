// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Foreign formats of agent traces, one reader each: every event becomes the JSON that a producer would send. Ids are derived from the input (UUID version 5), and nothing depends on the clock or on the path of a file. */
@NullMarked
package io.contextgraph.capture.format;

import org.jspecify.annotations.NullMarked;
