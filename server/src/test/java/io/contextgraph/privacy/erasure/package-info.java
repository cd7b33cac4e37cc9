// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.contextgraph.privacy.erasure;

import org.jspecify.annotations.NullMarked;
