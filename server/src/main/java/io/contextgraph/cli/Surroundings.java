// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What a command runs in.
 *
 * @param console where to write
 * @param variables the environment of the process
 * @param workspaces opens the stores
 * @param clock tells the time
 * @param home the folder of the distribution
 */
public record Surroundings(
        Console console, Map<String, String> variables, Workspace.Factory workspaces, Clock clock, Path home) {}
