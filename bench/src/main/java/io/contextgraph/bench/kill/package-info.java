/**
 * The kill test: writers, readers and followers over HTTP while the server and Redis are killed at random, or while two
 * servers are restarted in turns; then a proof that every promise was kept.
 */
@NullMarked
package io.contextgraph.bench.kill;

import org.jspecify.annotations.NullMarked;
