// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Wrapping keys in AWS KMS, by Amazon's SDK. */
@NullMarked
package io.contextgraph.privacy.aws;

import org.jspecify.annotations.NullMarked;
