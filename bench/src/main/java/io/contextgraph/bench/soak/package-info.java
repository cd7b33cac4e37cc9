/**
 * The soak: mixed traffic at a steady pace for as long as one likes, and a verdict on what must not grow with time in
 * the server, in Redis and between them.
 */
@NullMarked
package io.contextgraph.bench.soak;

import org.jspecify.annotations.NullMarked;
