// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** Files in a bucket of a server that speaks S3. */
@NullMarked
package io.contextgraph.storage.s3;

import org.jspecify.annotations.NullMarked;
