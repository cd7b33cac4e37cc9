// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The bytes of a file as text and as JSON: unpacked, decoded, in lines or documents; what JSON and Unicode do not have is replaced and counted. */
@NullMarked
package io.contextgraph.capture.text;

import org.jspecify.annotations.NullMarked;
