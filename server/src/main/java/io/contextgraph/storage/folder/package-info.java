// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** Files in a folder of the file system. */
@NullMarked
package io.contextgraph.storage.folder;

import org.jspecify.annotations.NullMarked;
