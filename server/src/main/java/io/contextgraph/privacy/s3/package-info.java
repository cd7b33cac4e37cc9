// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Wrapped keys in a bucket of a server that speaks S3. */
@NullMarked
package io.contextgraph.privacy.s3;

import org.jspecify.annotations.NullMarked;
