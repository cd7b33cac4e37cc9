// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.contextgraph.privacy.subject;

import org.jspecify.annotations.NullMarked;
