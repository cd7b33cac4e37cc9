// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.intake;

/** What became of one event among others: a verdict of the ledger, or the faults for which it was not asked. */
public sealed interface Judged permits Verdict, Reading.Invalid {}
