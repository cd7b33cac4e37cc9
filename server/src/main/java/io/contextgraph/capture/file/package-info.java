// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Files and folders of traces, told apart by their content and appended; and the export, whose files are read here too. Importing twice adds nothing. */
@NullMarked
package io.contextgraph.capture.file;

import org.jspecify.annotations.NullMarked;
