/** The distribution for a machine without Redis and Neo4j: both run as private child processes over one data folder. */
@NullMarked
package io.contextgraph.standalone;

import org.jspecify.annotations.NullMarked;
