/** What tests of every module share: servers, test data, skipping. */
@NullMarked
package io.contextgraph.testing;

import org.jspecify.annotations.NullMarked;
