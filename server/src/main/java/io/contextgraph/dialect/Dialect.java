// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

/** Whose names a span uses. */
public enum Dialect {
    GEN_AI("OpenTelemetry GenAI"),
    OPENINFERENCE("OpenInference"),
    LANGFUSE("Langfuse"),
    VERCEL("Vercel AI SDK"),
    TRACELOOP("OpenLLMetry"),
    MCP("MCP"),
    ADK("Google ADK"),
    CLAUDE_CODE("Claude Code"),
    CODEX("Codex CLI"),
    GEMINI_CLI("Gemini CLI");

    private final String title;

    Dialect(String title) {
        this.title = title;
    }

    /** As its makers write it. */
    public String title() {
        return title;
    }
}
