// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** What all services of Amazon have in common for whoever asks them: the login, the time a call may take, what a failure is. */
@NullMarked
package io.contextgraph.aws;

import org.jspecify.annotations.NullMarked;
