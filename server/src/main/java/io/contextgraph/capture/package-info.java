// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Importers of foreign agent traces: recognizes a file by its content, turns it into events, appends them. And the
 * export, whose files are read here too.
 *
 * <p>Every event, whatever it came from, is first written as the JSON that a producer would send, and enters through
 * {@link io.contextgraph.event.EventDecoder}: there is one door, and it is strict. Ids are derived from the input
 * (UUID version 5) and nothing depends on the clock or on the path of a file, so importing twice adds nothing.
 */
@NullMarked
package io.contextgraph.capture;

import org.jspecify.annotations.NullMarked;
