// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The table of dialects: what makes a span a tool, agent or model call, and where it says the rest. {@link SpanFacts}
 * and {@link SpanMessages} read it, {@code docs/dialects.md} is printed from it.
 */
public final class Dialects {
    /** The type of a span that is no tool, agent or model call. */
    public static final String SPAN = "system.span";

    /** The type of a value that says nothing: the span is looked at as if the attribute were absent. */
    public static final String NOTHING = "";

    /** Every value that has no row of its own. */
    public static final String ANY_OTHER = "*";

    static final String TOOL_CALL = "tool.execute";
    static final String AGENT_CALL = "agent.invoke";
    private static final String CHAT = "llm.chat";
    private static final String COMPLETION = "llm.completion";
    private static final String GENERATE = "llm.generate";
    private static final String EMBED = "llm.embed";
    private static final String RERANK = "llm.rerank";
    private static final String GUARDRAIL = "guardrail.check";
    private static final String EVALUATION = "evaluation.run";
    private static final String USAGE_DETAILS = "langfuse.observation.usage_details";

    /** A value of an attribute, compared without case, and the type of event that it makes of a span. */
    public record Kind(Dialect dialect, String attribute, String value, String type) {}

    /**
     * A form of a span's name.
     *
     * @param form with {@code <name>}, or {@code <word>} for a name without white space, or {@code <mcp__name>} for one
     *     that begins so
     * @param type of such a span, or the type that it must already have
     * @param rest what {@code <name>} is; empty when it is nothing that an event keeps
     */
    public record Form(Dialect dialect, String form, String type, Optional<Fact> rest, Pattern pattern) {
        Form(Dialect dialect, String form, String type, Optional<Fact> rest) {
            this(dialect, form, type, rest, compiled(form));
        }

        private static Pattern compiled(String form) {
            String quoted = Pattern.quote(form)
                    .replace("<name>", "\\E(.+)\\Q")
                    .replace("<mcp__name>", "\\E(mcp__.+)\\Q")
                    .replace("<word>", "\\E(\\S+)\\Q");
            return Pattern.compile(quoted, Pattern.DOTALL);
        }
    }

    /**
     * Where a fact stands.
     *
     * @param within field of the attribute's JSON text; empty for the attribute itself
     * @param of type that the span must have; empty for any
     */
    public record Name(Fact fact, Dialect dialect, String attribute, String within, String of) {}

    /** What an attribute says of the span's kind, the first attribute first. */
    public static final List<Kind> KINDS = kinds();

    /** Names of spans that say their kind where no attribute does. */
    public static final List<Form> FORMS = List.of(
            new Form(Dialect.GEN_AI, "execute_tool <name>", TOOL_CALL, Optional.of(Fact.TOOL)),
            new Form(Dialect.MCP, "tools/call <name>", TOOL_CALL, Optional.of(Fact.TOOL)),
            new Form(Dialect.MCP, "<mcp__name>", TOOL_CALL, Optional.of(Fact.TOOL)),
            new Form(Dialect.GEN_AI, "invoke_agent <name>", AGENT_CALL, Optional.of(Fact.AGENT)),
            new Form(Dialect.GEN_AI, "create_agent <name>", "agent.create", Optional.of(Fact.AGENT)),
            new Form(Dialect.GEN_AI, "invoke_workflow <name>", "agent.workflow", Optional.of(Fact.AGENT)),
            new Form(Dialect.GEN_AI, "plan <word>", "agent.plan", Optional.of(Fact.AGENT)),
            new Form(Dialect.GEN_AI, "chat <word>", CHAT, Optional.of(Fact.MODEL)),
            new Form(Dialect.GEN_AI, "text_completion <word>", COMPLETION, Optional.of(Fact.MODEL)),
            new Form(Dialect.GEN_AI, "generate_content <word>", GENERATE, Optional.of(Fact.MODEL)),
            new Form(Dialect.GEN_AI, "embeddings <word>", EMBED, Optional.of(Fact.MODEL)),
            new Form(Dialect.GEN_AI, "retrieval <word>", TOOL_CALL, Optional.empty()),
            new Form(Dialect.GEN_AI, "create_memory", "memory.create", Optional.empty()),
            new Form(Dialect.GEN_AI, "search_memory", "memory.search", Optional.empty()),
            new Form(Dialect.GEN_AI, "update_memory", "memory.update", Optional.empty()),
            new Form(Dialect.GEN_AI, "upsert_memory", "memory.upsert", Optional.empty()),
            new Form(Dialect.GEN_AI, "delete_memory", "memory.delete", Optional.empty()),
            new Form(Dialect.CLAUDE_CODE, "claude_code.interaction", AGENT_CALL, Optional.empty()),
            new Form(Dialect.CLAUDE_CODE, "claude_code.llm_request", CHAT, Optional.empty()),
            new Form(Dialect.CLAUDE_CODE, "claude_code.tool", TOOL_CALL, Optional.empty()));

    /** Attributes that say the kind of a span by being there, where nothing above does. */
    public static final List<Kind> HINTS = List.of(
            new Kind(Dialect.GEN_AI, "gen_ai.tool.name", ANY_OTHER, TOOL_CALL),
            new Kind(Dialect.VERCEL, "ai.toolCall.name", ANY_OTHER, TOOL_CALL),
            new Kind(Dialect.OPENINFERENCE, "tool.name", ANY_OTHER, TOOL_CALL),
            new Kind(Dialect.GEN_AI, "gen_ai.request.model", ANY_OTHER, CHAT),
            new Kind(Dialect.OPENINFERENCE, "llm.model_name", ANY_OTHER, CHAT),
            new Kind(Dialect.LANGFUSE, "langfuse.observation.model.name", ANY_OTHER, CHAT),
            new Kind(Dialect.VERCEL, "ai.model.id", ANY_OTHER, CHAT),
            new Kind(Dialect.GEN_AI, "gen_ai.agent.name", ANY_OTHER, AGENT_CALL));

    /** Names of spans of a kind that a dialect has said, where the name is in no attribute. */
    public static final List<Form> NAMING = List.of(
            new Form(Dialect.TRACELOOP, "<name>.tool", TOOL_CALL, Optional.of(Fact.TOOL)),
            new Form(Dialect.TRACELOOP, "<name>.agent", AGENT_CALL, Optional.of(Fact.AGENT)));

    /** Kinds whose spans have the name of the tool or agent as their own, where no attribute has it. */
    public static final List<Kind> NAMED_BY_SPAN = List.of(
            new Kind(Dialect.OPENINFERENCE, "openinference.span.kind", "TOOL", TOOL_CALL),
            new Kind(Dialect.LANGFUSE, "langfuse.observation.type", "tool", TOOL_CALL),
            new Kind(Dialect.LANGFUSE, "langfuse.observation.type", "agent", AGENT_CALL));

    /** What says that a span failed, besides its status and {@code error.type}. */
    public static final List<Kind> FAILURES = List.of(
            new Kind(Dialect.GEN_AI, "gen_ai.tool.status", "error", "failed"),
            new Kind(Dialect.LANGFUSE, "langfuse.observation.level", "ERROR", "failed"));

    /** Where each fact stands, the first that is there first. */
    public static final List<Name> NAMES = names();

    private Dialects() {}

    private static List<Kind> kinds() {
        List<Kind> all = new ArrayList<>();
        new Values(Dialect.GEN_AI, "gen_ai.operation.name")
                .is("chat", CHAT)
                .is("text_completion", COMPLETION)
                .is("completion", COMPLETION)
                .is("generate_content", GENERATE)
                .is("embeddings", EMBED)
                .is("rerank", RERANK)
                .is("execute_tool", TOOL_CALL)
                .is("retrieval", TOOL_CALL)
                .is("invoke_agent", AGENT_CALL)
                .is("create_agent", "agent.create")
                .is("plan", "agent.plan")
                .is("invoke_workflow", "agent.workflow")
                .is("create_memory", "memory.create")
                .is("search_memory", "memory.search")
                .is("update_memory", "memory.update")
                .is("upsert_memory", "memory.upsert")
                .is("delete_memory", "memory.delete")
                .is("create_memory_store", "memory.create_store")
                .is("delete_memory_store", "memory.delete_store")
                .addTo(all);
        new Values(Dialect.ADK, "gen_ai.operation.name").is("call_llm", CHAT).addTo(all);
        new Values(Dialect.OPENINFERENCE, "openinference.span.kind")
                .is("LLM", CHAT)
                .is("EMBEDDING", EMBED)
                .is("RERANKER", RERANK)
                .is("TOOL", TOOL_CALL)
                .is("RETRIEVER", TOOL_CALL)
                .is("AGENT", AGENT_CALL)
                .is("GUARDRAIL", GUARDRAIL)
                .is("EVALUATOR", EVALUATION)
                .is("CHAIN", SPAN)
                .is("PROMPT", SPAN)
                .is("UNKNOWN", NOTHING)
                .addTo(all);
        new Values(Dialect.LANGFUSE, "langfuse.observation.type")
                .is("generation", CHAT)
                .is("embedding", EMBED)
                .is("tool", TOOL_CALL)
                .is("retriever", TOOL_CALL)
                .is("agent", AGENT_CALL)
                .is("guardrail", GUARDRAIL)
                .is("evaluator", EVALUATION)
                .is("chain", SPAN)
                .is("span", SPAN)
                .is("event", SPAN)
                .addTo(all);
        new Values(Dialect.VERCEL, "ai.operationId")
                .is("ai.generateText", CHAT)
                .is("ai.generateText.doGenerate", CHAT)
                .is("ai.streamText", CHAT)
                .is("ai.streamText.doStream", CHAT)
                .is("ai.generateObject", GENERATE)
                .is("ai.generateObject.doGenerate", GENERATE)
                .is("ai.streamObject", GENERATE)
                .is("ai.streamObject.doStream", GENERATE)
                .is("ai.embed", EMBED)
                .is("ai.embed.doEmbed", EMBED)
                .is("ai.embedMany", EMBED)
                .is("ai.embedMany.doEmbed", EMBED)
                .is("ai.rerank", RERANK)
                .is("ai.rerank.doRerank", RERANK)
                .is("ai.toolCall", TOOL_CALL)
                .addTo(all);
        new Values(Dialect.TRACELOOP, "traceloop.span.kind")
                .is("tool", TOOL_CALL)
                .is("agent", AGENT_CALL)
                .is("workflow", SPAN)
                .is("task", SPAN)
                .is("unknown", NOTHING)
                .addTo(all);
        new Values(Dialect.TRACELOOP, "llm.request.type")
                .is("chat", CHAT)
                .is("completion", COMPLETION)
                .is("embedding", EMBED)
                .is("rerank", RERANK)
                .is("unknown", NOTHING)
                .addTo(all);
        new Values(Dialect.MCP, "mcp.method.name")
                .is("tools/call", TOOL_CALL)
                .is(ANY_OTHER, SPAN)
                .addTo(all);
        return List.copyOf(all);
    }

    private static List<Name> names() {
        List<Name> all = new ArrayList<>();
        new Places(Fact.SESSION)
                .in(Dialect.GEN_AI, "gen_ai.conversation.id")
                .in(Dialect.OPENINFERENCE, "session.id")
                .in(Dialect.ADK, "gcp.vertex.agent.session_id")
                .in(Dialect.LANGFUSE, "langfuse.session.id")
                .in(Dialect.LANGFUSE, "langfuse.trace.metadata.langfuse_session_id")
                .in(Dialect.LANGFUSE, "langfuse.observation.metadata.langfuse_session_id")
                .in(Dialect.TRACELOOP, "traceloop.association.properties.session_id")
                .in(Dialect.TRACELOOP, "traceloop.association.properties.thread_id")
                .in(Dialect.VERCEL, "ai.telemetry.metadata.sessionId")
                .in(Dialect.VERCEL, "ai.telemetry.metadata.session_id")
                .in(Dialect.CODEX, "conversation.id")
                .addTo(all);
        new Places(Fact.AGENT)
                .in(Dialect.GEN_AI, "gen_ai.agent.id")
                .in(Dialect.GEN_AI, "gen_ai.agent.name")
                .in(Dialect.OPENINFERENCE, "agent.name")
                .of(AGENT_CALL, Dialect.OPENINFERENCE, "graph.node.id")
                .of(AGENT_CALL, Dialect.TRACELOOP, "traceloop.entity.name")
                .in(Dialect.VERCEL, "ai.telemetry.functionId")
                .of(CHAT, Dialect.CLAUDE_CODE, "agent_id")
                .of(TOOL_CALL, Dialect.CLAUDE_CODE, "agent_id")
                .addTo(all);
        new Places(Fact.TOOL)
                .in(Dialect.GEN_AI, "gen_ai.tool.name")
                .in(Dialect.OPENINFERENCE, "tool.name")
                .in(Dialect.VERCEL, "ai.toolCall.name")
                .of(TOOL_CALL, Dialect.OPENINFERENCE, "tool_call.function.name")
                .of(TOOL_CALL, Dialect.TRACELOOP, "traceloop.entity.name")
                .of(TOOL_CALL, Dialect.CLAUDE_CODE, "tool_name")
                .addTo(all);
        new Places(Fact.PROVIDER)
                .in(Dialect.GEN_AI, "gen_ai.provider.name")
                .in(Dialect.GEN_AI, "gen_ai.system")
                .in(Dialect.VERCEL, "ai.model.provider")
                .in(Dialect.OPENINFERENCE, "llm.provider")
                .in(Dialect.OPENINFERENCE, "llm.system")
                .addTo(all);
        new Places(Fact.MODEL)
                .in(Dialect.GEN_AI, "gen_ai.request.model")
                .in(Dialect.GEN_AI, "gen_ai.response.model")
                .in(Dialect.VERCEL, "ai.model.id")
                .in(Dialect.OPENINFERENCE, "llm.model_name")
                .in(Dialect.OPENINFERENCE, "embedding.model_name")
                .in(Dialect.OPENINFERENCE, "reranker.model_name")
                .in(Dialect.LANGFUSE, "langfuse.observation.model.name")
                .addTo(all);
        new Places(Fact.INPUT_TOKENS)
                .in(Dialect.GEN_AI, "gen_ai.usage.input_tokens")
                .in(Dialect.GEN_AI, "gen_ai.usage.prompt_tokens")
                .in(Dialect.OPENINFERENCE, "llm.token_count.prompt")
                .in(Dialect.VERCEL, "ai.usage.inputTokens")
                .in(Dialect.VERCEL, "ai.usage.promptTokens")
                .in(Dialect.VERCEL, "ai.usage.tokens")
                .within(Dialect.LANGFUSE, USAGE_DETAILS, "input")
                .within(Dialect.LANGFUSE, USAGE_DETAILS, "input_tokens")
                .within(Dialect.LANGFUSE, USAGE_DETAILS, "prompt_tokens")
                .of(CHAT, Dialect.CLAUDE_CODE, "input_tokens")
                .addTo(all);
        new Places(Fact.OUTPUT_TOKENS)
                .in(Dialect.GEN_AI, "gen_ai.usage.output_tokens")
                .in(Dialect.GEN_AI, "gen_ai.usage.completion_tokens")
                .in(Dialect.OPENINFERENCE, "llm.token_count.completion")
                .in(Dialect.VERCEL, "ai.usage.outputTokens")
                .in(Dialect.VERCEL, "ai.usage.completionTokens")
                .within(Dialect.LANGFUSE, USAGE_DETAILS, "output")
                .within(Dialect.LANGFUSE, USAGE_DETAILS, "output_tokens")
                .within(Dialect.LANGFUSE, USAGE_DETAILS, "completion_tokens")
                .of(CHAT, Dialect.CLAUDE_CODE, "output_tokens")
                .addTo(all);
        new Places(Fact.FAILURE_MESSAGE)
                .in(Dialect.LANGFUSE, "langfuse.observation.status_message")
                .addTo(all);
        texts(all);
        return List.copyOf(all);
    }

    private static void texts(List<Name> all) {
        new Places(Fact.INSTRUCTIONS)
                .in(Dialect.GEN_AI, "gen_ai.system_instructions")
                .addTo(all);
        new Places(Fact.INPUT_MESSAGES)
                .in(Dialect.GEN_AI, "gen_ai.input.messages")
                .in(Dialect.TRACELOOP, "gen_ai.prompt")
                .in(Dialect.OPENINFERENCE, "llm.input_messages")
                .in(Dialect.VERCEL, "ai.prompt.messages")
                .in(Dialect.VERCEL, "ai.prompt")
                .addTo(all);
        new Places(Fact.OUTPUT_MESSAGES)
                .in(Dialect.GEN_AI, "gen_ai.output.messages")
                .in(Dialect.TRACELOOP, "gen_ai.completion")
                .in(Dialect.OPENINFERENCE, "llm.output_messages")
                .in(Dialect.VERCEL, "ai.response.text")
                .in(Dialect.VERCEL, "ai.response.object")
                .in(Dialect.VERCEL, "ai.result.text")
                .in(Dialect.VERCEL, "ai.result.object")
                .addTo(all);
        new Places(Fact.CALLS)
                .in(Dialect.VERCEL, "ai.response.toolCalls")
                .in(Dialect.VERCEL, "ai.result.toolCalls")
                .addTo(all);
        new Places(Fact.ARGUMENTS)
                .in(Dialect.GEN_AI, "gen_ai.tool.call.arguments")
                .in(Dialect.VERCEL, "ai.toolCall.args")
                .in(Dialect.VERCEL, "ai.toolCall.input")
                .in(Dialect.ADK, "gcp.vertex.agent.tool_call_args")
                .in(Dialect.GEN_AI, "gen_ai.tool.args")
                .in(Dialect.MCP, "mcp.request.argument")
                .addTo(all);
        new Places(Fact.RESULT)
                .in(Dialect.GEN_AI, "gen_ai.tool.call.result")
                .in(Dialect.VERCEL, "ai.toolCall.result")
                .in(Dialect.VERCEL, "ai.toolCall.output")
                .in(Dialect.ADK, "gcp.vertex.agent.tool_response")
                .in(Dialect.MCP, "mcp.response.value")
                .addTo(all);
        new Places(Fact.INPUT)
                .in(Dialect.GEN_AI, "gen_ai.retrieval.query.text")
                .in(Dialect.GEN_AI, "gen_ai.memory.query.text")
                .in(Dialect.ADK, "gcp.vertex.agent.llm_request")
                .in(Dialect.LANGFUSE, "langfuse.observation.input")
                .in(Dialect.TRACELOOP, "traceloop.entity.input")
                .in(Dialect.OPENINFERENCE, "input.value")
                .of(TOOL_CALL, Dialect.OPENINFERENCE, "tool_call.function.arguments")
                .in(Dialect.VERCEL, "ai.value")
                .in(Dialect.VERCEL, "ai.values")
                .in(Dialect.LANGFUSE, "langfuse.trace.input")
                .of(AGENT_CALL, Dialect.CLAUDE_CODE, "user_prompt")
                .addTo(all);
        new Places(Fact.OUTPUT)
                .in(Dialect.OPENINFERENCE, "retrieval.documents")
                .in(Dialect.GEN_AI, "gen_ai.retrieval.documents")
                .in(Dialect.GEN_AI, "gen_ai.memory.records")
                .in(Dialect.ADK, "gcp.vertex.agent.llm_response")
                .in(Dialect.LANGFUSE, "langfuse.observation.output")
                .in(Dialect.TRACELOOP, "traceloop.entity.output")
                .in(Dialect.OPENINFERENCE, "output.value")
                .in(Dialect.GEN_AI, "gen_ai.output")
                .in(Dialect.LANGFUSE, "langfuse.trace.output")
                .addTo(all);
    }

    /** Rows for the values of one attribute. */
    private record Values(Dialect dialect, String attribute, List<Kind> rows) {
        Values(Dialect dialect, String attribute) {
            this(dialect, attribute, new ArrayList<>());
        }

        Values is(String value, String type) {
            rows.add(new Kind(dialect, attribute, value, type));
            return this;
        }

        void addTo(List<Kind> all) {
            all.addAll(rows);
        }
    }

    /** Rows for one fact. */
    private record Places(Fact fact, List<Name> rows) {
        Places(Fact fact) {
            this(fact, new ArrayList<>());
        }

        Places in(Dialect dialect, String attribute) {
            rows.add(new Name(fact, dialect, attribute, "", ""));
            return this;
        }

        Places of(String type, Dialect dialect, String attribute) {
            rows.add(new Name(fact, dialect, attribute, "", type));
            return this;
        }

        Places within(Dialect dialect, String attribute, String field) {
            rows.add(new Name(fact, dialect, attribute, field, ""));
            return this;
        }

        void addTo(List<Name> all) {
            all.addAll(rows);
        }
    }
}
