// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Payloads as frameworks write them, and exactly what people read; {@code #} ends a line. */
class WhatIsReadTest {
    private static String says(String json) {
        return PayloadText.of(new Payload(json));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"role":"assistant","content":"I look.","tool_calls":[{"type":"function","function":{"name":"look","arguments":"{\\"bread\\":\\"rye\\"}"}}]} | I look.
            {"role":"tool","content":"[{\\"bread\\":\\"rye\\",\\"loaves\\":3},{\\"bread\\":\\"spelt\\",\\"loaves\\":0}]"} | (bread=rye, loaves=3), (bread=spelt, loaves=0)
            {"role":"tool","content":[{"type":"text","text":"{\\"loaves\\":3}"}]} | loaves=3
            {"role":"tool","content":"[{\\"type\\":\\"text\\",\\"text\\":\\"three\\"}]"} | three
            {"role":"tool","content":"[{\\"type\\":\\"file\\",\\"path\\":\\"a.txt\\"},{\\"type\\":\\"file\\",\\"path\\":\\"b.txt\\"}]"} | (type=file, path=a.txt), (type=file, path=b.txt)
            {"role":"tool","content":"{\\"value\\":12.5,\\"type\\":\\"celsius\\"}"} | value=12.5, type=celsius
            {"role":"tool","content":"{\\"status\\":\\"ok\\",\\"message\\":\\"baked\\"}"} | status=ok, message=baked
            {"role":"tool","content":"{\\"type\\":\\"note\\",\\"content\\":\\"rye\\"}"} | type=note, content=rye
            {"role":"tool","content":"{\\"id\\":7,\\"content\\":\\"rye\\"}"} | id=7, content=rye
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":"no flour"}]} | no flour
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"baked"},{"type":"image","source":{"type":"base64","data":"x"}}]}]} | baked#[image]
            {"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"x"}},{"type":"text","text":"Read it."}]} | [document]#Read it.
            {"role":"model","parts":[{"text":"Rye needs time.","thought":true},{"text":"Two hours."}]} | Two hours.
            {"role":"model","parts":[{"functionCall":{"name":"look","args":{"bread":"rye"}}}]} | look(bread=rye)
            {"role":"user","parts":[{"functionResponse":{"name":"look","response":{"result":{"loaves":3}}}}]} | loaves=3
            {"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"x"}},{"text":"What is it?"}]} | [image]#What is it?
            {"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"look","input":{"bread":"rye"}}}]} | look(bread=rye)
            {"role":"user","content":[{"toolResult":{"toolUseId":"t","status":"success","content":[{"json":{"loaves":3}}]}}]} | loaves=3
            {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"x"}}}]} | Hm.
            {"role":"assistant","content":[{"type":"reasoning","text":"Hm."},{"type":"tool-call","toolCallId":"c","toolName":"look","input":{"bread":"rye"}}]} | look(bread=rye)
            {"role":"tool","content":[{"type":"tool-result","toolCallId":"c","toolName":"look","output":{"type":"json","value":{"loaves":3}}}]} | loaves=3
            {"role":"tool","content":[{"type":"tool-result","toolCallId":"c","toolName":"look","output":{"type":"error-text","value":"no flour"}}]} | no flour
            {"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},{"type":"tool_call","id":"c","name":"look","arguments":{"bread":"rye","shelves":[1,2],"where":{"town":"Lund"}}}]} | look(bread=rye, shelves=[1, 2], where=(town=Lund))
            {"role":"user","parts":[{"type":"blob","modality":"image","mime_type":"image/png","content":"AAAA"}]} | [image]
            {"role":"user","parts":[{"type":"uri","modality":"audio","uri":"s3://x"}]} | [audio]
            {"role":"assistant","content":"He said \\"rye\\"."} | He said "rye".
            {"role":"assistant","content":"[1] Rye, [2] spelt"} | [1] Rye, [2] spelt
            {"role":"assistant","content":"[{\\"a\\":1}, {\\"b\\":2}] are rows, {\\"c\\": is not"} | [{"a":1}, {"b":2}] are rows, {"c": is not
            {"role":"tool","content":"[{\\"a\\":1}, {\\"b\\":2}] are rows, {\\"c\\": is not"} | [{"a":1}, {"b":2}] are rows, {"c": is not
            {"role":"tool","content":"[\\"rye\\", he said"} | ["rye", he said
            {"role":"tool","content":"{\\"state\\":\\"baked\\",\\"note\\":\\"needs t"} | state=baked, note=needs t
            """)
    void messages(String json, String text) {
        assertThat(says(json)).isEqualTo(text.replace('#', '\n'));
    }

    /** The inner JSON of attributes stands between {@code «} and {@code »}, and is a text in the span. */
    private static String span(String attributes) {
        StringBuilder json = new StringBuilder();
        String rest = attributes;
        for (int at = rest.indexOf('«'); at >= 0; at = rest.indexOf('«')) {
            int end = rest.indexOf('»');
            json.append(rest, 0, at).append(Json.MAPPER.writeValueAsString(rest.substring(at + 1, end)));
            rest = rest.substring(end + 1);
        }
        return says("{\"name\":\"a span\",\"kind\":\"SPAN_KIND_INTERNAL\",\"attributes\":{" + json + rest + "}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "gen_ai.operation.name":"chat","gen_ai.system_instructions":«[{"type":"text","content":"Be short."}]»,"gen_ai.input.messages":«[{"role":"user","parts":[{"type":"text","content":"Is there rye?"}]}]» | Is there rye?
            "gen_ai.operation.name":"chat","gen_ai.output.messages":«[{"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},{"type":"text","content":"Yes."}],"finish_reason":"stop"}]» | Yes.
            "gen_ai.operation.name":"execute_tool","gen_ai.tool.name":"look","gen_ai.tool.call.arguments":«{"bread":"rye","where":{"shelf":1}}»,"gen_ai.tool.call.result":«{"loaves":3,"fresh":true}» | bread=rye, where=(shelf=1) -> loaves=3, fresh=true
            "gen_ai.operation.name":"execute_tool","gen_ai.tool.call.arguments":«{"path":"a.json","content":"x"}»,"gen_ai.tool.call.result":«[{"type":"text","text":"written"}]» | path=a.json, content=x -> written
            "gen_ai.operation.name":"execute_tool","gen_ai.tool.call.arguments":«{}»,"gen_ai.tool.call.result":«null» | null
            "gen_ai.operation.name":"execute_tool","error.type":"timeout","gen_ai.tool.call.arguments":«{"bread":"rye"}» | bread=rye -> timeout
            "gen_ai.operation.name":"execute_tool","gen_ai.tool.status":"error","gen_ai.tool.call.arguments":«{"bread":"rye"}»,"gen_ai.tool.call.result":"no flour" | bread=rye -> no flour
            "gen_ai.operation.name":"retrieval","gen_ai.retrieval.query.text":"rye","gen_ai.retrieval.documents":«[{"id":"d1","score":0.9,"content":"Rye needs time."},{"id":"d2","score":0.5,"content":"And warmth."}]» | rye -> Rye needs time.#And warmth.
            "openinference.span.kind":"TOOL","tool.name":"look","input.value":«{"bread":"rye"}»,"output.value":«{"content":[{"type":"text","text":"three"}],"isError":false}» | bread=rye -> three
            "openinference.span.kind":"TOOL","tool.name":"look","input.value":«{"name":"look","args":{"bread":"rye"},"id":"c","type":"tool_call"}»,"output.value":«{"content":"three","type":"tool","name":"look","id":null,"tool_call_id":"c","artifact":null,"status":"success"}» | bread=rye -> three
            "openinference.span.kind":"RETRIEVER","input.value":"rye","retrieval.documents.0.document.content":"Rye needs time.","retrieval.documents.0.document.id":"d1","retrieval.documents.0.document.score":0.9 | rye -> Rye needs time.
            "openinference.span.kind":"LLM","llm.input_messages.0.message.role":"user","llm.input_messages.0.message.content":"Is there rye?","llm.output_messages.0.message.role":"assistant","llm.output_messages.0.message.tool_calls.0.tool_call.function.name":"look","llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments":«{"bread":"rye"}» | look(bread=rye)
            "openinference.span.kind":"CHAIN","input.value":«{"messages":[{"role":"user","content":"Is there rye?"}]}»,"output.value":«{"messages":[{"role":"user","content":"Is there rye?"},{"role":"assistant","content":"Yes."}]}» | Yes.
            "openinference.span.kind":"CHAIN","input.value":«{"bread":"rye","count":2}» | bread=rye, count=2
            "traceloop.span.kind":"tool","traceloop.entity.input":«{"input_str":"{'bread': 'rye'}","tags":["x"],"metadata":{"a":1},"inputs":{"bread":"rye"},"kwargs":{"name":"look"}}»,"traceloop.entity.output":«{"output":"three","kwargs":{"tags":["x"]}}» | bread=rye -> three
            "traceloop.span.kind":"tool","traceloop.entity.input":«{"args":["rye"],"kwargs":{"count":2}}»,"traceloop.entity.output":«"three"» | rye, count=2 -> three
            "traceloop.span.kind":"workflow","traceloop.entity.input":«{"inputs":{"messages":[["user","Is there rye?"]]},"tags":[]}»,"traceloop.entity.output":«{"outputs":{"messages":[{"lc":1,"type":"constructor","id":["langchain","schema","messages","AIMessage"],"kwargs":{"content":"Yes.","type":"ai"}}]},"kwargs":{}}» | Yes.
            "ai.operationId":"ai.toolCall","ai.toolCall.name":"look","ai.toolCall.args":«{"bread":"rye"}»,"ai.toolCall.result":«[{"bread":"rye","loaves":3}]» | bread=rye -> (bread=rye, loaves=3)
            "ai.operationId":"ai.generateObject","ai.prompt":«{"prompt":"Which?"}»,"ai.response.object":«{"bread":"rye","loaves":[1,2]}» | bread=rye, loaves=[1, 2]
            "ai.operationId":"ai.streamText","ai.prompt":«{"system":"Be short.","messages":[{"role":"user","content":"Which?"}]}» | Which?
            "langfuse.observation.type":"tool","langfuse.observation.input":«{"args":[],"kwargs":{"bread":"rye"}}»,"langfuse.observation.output":«{"loaves":3}» | bread=rye -> loaves=3
            "langfuse.observation.type":"generation","langfuse.observation.input":«[{"role":"user","content":"Which?"}]»,"langfuse.observation.output":«{"role":"assistant","content":"Rye."}» | Rye.
            "langfuse.observation.type":"span","langfuse.observation.level":"ERROR","langfuse.observation.status_message":"oven cold","langfuse.observation.input":"Which?" | oven cold
            "gen_ai.operation.name":"call_llm","gcp.vertex.agent.llm_request":«{"model":"m","contents":[{"role":"user","parts":[{"text":"Which?"}]}]}»,"gcp.vertex.agent.llm_response":«{"content":{"role":"model","parts":[{"text":"Rye."}]},"usage_metadata":{"total":9}}» | Rye.
            "gen_ai.operation.name":"execute_tool","gcp.vertex.agent.tool_call_args":«{"bread":"rye"}»,"gcp.vertex.agent.tool_response":«{"result":"three"}»,"gcp.vertex.agent.llm_request":«{}» | bread=rye -> three
            "openinference.span.kind":"TOOL","input.value":"who","output.value":«[{"role":"cook","name":"Bo"}]» | who -> (role=cook, name=Bo)
            "openinference.span.kind":"LLM","output.value":«{"id":"r","object":"response","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Rye."}]}],"usage":{"total":9}}» | Rye.
            "openinference.span.kind":"LLM","llm.output_messages.0.message.role":"assistant","llm.output_messages.0.message.content":«{"bread":"rye"}» | {"bread":"rye"}
            "mcp.method.name":"tools/call","gen_ai.tool.name":"look","gen_ai.tool.call.arguments":«{"bread":"rye"}»,"gen_ai.tool.call.result":«{"content":[{"type":"text","text":"{\\"loaves\\": 3}"}],"structuredContent":{"loaves":3},"isError":false}» | bread=rye -> loaves=3
            """)
    void spans(String attributes, String text) {
        assertThat(span(attributes)).isEqualTo(text.replace('#', '\n'));
    }

    /** Some tools report in events of their span. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name":"execute_tool look","kind":"k","attributes":{"gen_ai.tool.name":"look"},"events":[{"name":"gen_ai.tool.message","attributes":{"role":"tool","content":"{\\"bread\\":\\"rye\\"}","id":"c"}},{"name":"gen_ai.choice","attributes":{"message":"[{\\"text\\":\\"{\\\\\\"loaves\\\\\\":3}\\"}]","id":"c"}}]} | bread=rye -> loaves=3
            {"name":"chat m","kind":"k","attributes":{},"events":[{"name":"gen_ai.user.message","attributes":{"content":"[{\\"text\\":\\"Which?\\"}]"}},{"name":"gen_ai.choice","attributes":{"finish_reason":"tool_use","message":"[{\\"text\\":\\"I look.\\"},{\\"toolUse\\":{\\"toolUseId\\":\\"c\\",\\"name\\":\\"look\\",\\"input\\":{\\"bread\\":\\"rye\\"}}}]"}}]} | I look.
            {"name":"chat m","kind":"k","attributes":{},"events":[{"name":"gen_ai.content.prompt","attributes":{"gen_ai.prompt":"[{\\"role\\":\\"user\\",\\"content\\":\\"Which?\\"}]"}}]} | Which?
            """)
    void eventsOfSpans(String json, String text) {
        assertThat(says(json)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"arguments":{"path":"a.txt","content":"rye"},"content":"written"} | path=a.txt, content=rye -> written
            {"arguments":{"command":"ls -a\\nwc -l"},"content":"{\\"stdout\\":\\"12\\",\\"stderr\\":\\"\\",\\"code\\":0}"} | command=ls -a#wc -l -> stdout=12, stderr=, code=0
            {"arguments":"{\\"bread\\":\\"rye\\"}","content":[{"type":"text","text":"{\\"loaves\\":3}"}]} | bread=rye -> loaves=3
            {"arguments":"{\\"bread\\": rye","error":{"code":-32602,"message":"not JSON"}} | {"bread": rye -> not JSON
            {"arguments":{"type":"text","text":"rye"},"content":""} | type=text, text=rye
            {"call":{"id":"c","type":"function","function":{"name":"look","arguments":"{\\"bread\\":\\"rye\\"}"}}} | look(bread=rye)
            {"type":"assistant","message":{"id":"m","model":"x","type":"message","role":"assistant","content":[{"type":"tool_use","id":"t","name":"look","input":{"bread":"rye"}}]}} | look(bread=rye)
            {"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"{\\"loaves\\":3}"}]}} | loaves=3
            {"message":{"id":"m","content":[{"type":"text","text":"Rye."}],"model":"x"}} | Rye.
            {"model":"m","temperature":0,"messages":[{"role":"system","content":"Be short."},{"role":"user","content":"Which?"}]} | Which?
            {"id":"r","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Rye."},"logprobs":null,"finish_reason":"stop"}],"usage":{"total_tokens":9}} | Rye.
            {"id":"r","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"look","arguments":"{\\"bread\\":\\"rye\\"}"}}]},"finish_reason":"tool_calls"}]} | look(bread=rye)
            {"id":"r","object":"response","output":[{"type":"reasoning","summary":[]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Rye.","annotations":[]}]}]} | Rye.
            {"id":"r","object":"response","output":[{"type":"function_call","call_id":"c","name":"look","arguments":"{\\"bread\\":\\"rye\\"}"}]} | look(bread=rye)
            {"candidates":[{"content":{"role":"model","parts":[{"text":"Rye."}]},"finishReason":"STOP"}],"usageMetadata":{"totalTokenCount":9}} | Rye.
            {"result":[{"role":"cook","name":"Bo"},{"role":"baker","name":"Ann"}]} | (role=cook, name=Bo), (role=baker, name=Ann)
            {"input":{"question":"Which?","lang":"en"}} | question=Which?, lang=en
            {"documents":[{"page_content":"Rye needs time.","metadata":{"source":"a"}},{"page_content":"And warmth.","metadata":{"source":"b"}}]} | documents=[(page_content=Rye needs time., metadata=(source=a)), (page_content=And warmth., metadata=(source=b))]
            """)
    void ownEvents(String json, String text) {
        assertThat(says(json)).isEqualTo(text.replace('#', '\n'));
    }
}
