// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What every import is made of, whatever the format: runs, records, calls and their answers, what they are called, what is the same. Ids are derived from the input (UUID version 5), and nothing depends on the clock or on the path of a file. */
@NullMarked
package io.contextgraph.capture.record;

import org.jspecify.annotations.NullMarked;
