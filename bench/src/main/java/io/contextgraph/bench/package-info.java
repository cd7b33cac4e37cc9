/** Benchmarks: each one command, a table for people and JSON for machines, with what they ran on. */
@NullMarked
package io.contextgraph.bench;

import org.jspecify.annotations.NullMarked;
