// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One payload of each form, and what people read of it. */
class PayloadTextTest {
    private static String says(String json) {
        return PayloadText.of(new Payload(json));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"role":"user","content":"Two rye loaves"} | Two rye loaves
            {"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:x"}}]} | What is this?#[image]
            {"role":"user","content":[{"type":"input_text","text":"Rye?"}]} | Rye?
            {"role":"assistant","content":[{"type":"output_text","text":"Rye."}]} | Rye.
            {"role":"assistant","content":[{"type":"thinking","thinking":"Hm"},{"type":"text","text":"Rye."}]} | Rye.
            {"role":"assistant","content":[{"type":"thinking","thinking":"Hm"},{"type":"redacted_thinking","data":"x"}]} | Hm
            {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"bake","input":{"loaf":"rye","count":2}}]} | bake(loaf=rye, count=2)
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"baked"}]}]} | baked
            {"role":"assistant","content":null,"refusal":"I bake no stones."} | I bake no stones.
            {"role":"assistant","content":"","reasoning_content":"Rye needs time."} | Rye needs time.
            {"role":"assistant","content":null,"tool_calls":[{"id":"a","function":{"name":"bake","arguments":"{\\"loaf\\":\\"rye\\"}"}},{"id":"b","function":{"name":"cool","arguments":"{}"}}]} | bake(loaf=rye)#cool()
            {"role":"tool","tool_call_id":"a","content":"{\\"state\\":\\"baked\\",\\"minutes\\":40}"} | state=baked, minutes=40
            {"role":"assistant","content":"{\\"loaf\\":\\"rye\\"}"} | {"loaf":"rye"}
            """)
    void messages(String json, String text) {
        assertThat(says(json)).isEqualTo(text.replace('#', '\n'));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"arguments":{"order_id":"A-1187"},"call":{"id":"c"},"content":"in transit","result":{"role":"tool","content":"in transit"}} | order_id=A-1187 -> in transit
            {"arguments":"{\\"order_id\\":\\"A-1187\\"}","content":"{\\"state\\":\\"in transit\\",\\"at\\":{\\"city\\":\\"Lund\\",\\"stops\\":[1,2]}}"} | order_id=A-1187 -> state=in transit, at=(city=Lund, stops=[1, 2])
            {"arguments":{"q":"rye"},"content":"{\\"output\\":\\"two found\\"}"} | q=rye -> two found
            {"arguments":{"text":"rye"},"content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]} | rye -> one#two
            {"arguments":{"q":"rye"},"content":{"content":[{"type":"text","text":"one"}],"isError":false}} | q=rye -> one
            {"arguments":{"q":"rye"},"call":{"id":"c"},"time":"synthetic"} | q=rye
            {"arguments":null,"call":{"function":{"name":"bake","arguments":""}}} | bake()
            {"arguments":{"region":"north"},"error":"no answer"} | region=north -> no answer
            {"content":"in transit","result":{"role":"tool","content":"in transit"}} | in transit
            {"content":null,"result":{"role":"tool","content":[{"type":"text","text":"late"}]}} | late
            {"content":"{\\"state\\":\\"lost\\"}","result":{}} | state=lost
            {"thought":"Look first.","response":"Look first.\\nls"} | Look first.#ls
            {"thought":"Look first.","response":""} | Look first.
            {"action":"ls -a","observation":"bread.py","call":{"function":{"name":"bash"}},"state":"{}"} | ls -a -> bread.py
            {"environment":"main","info":{"exit_status":"submitted","submission":"+ salt"}} | submitted -> + salt
            """)
    void callsAndTrajectories(String json, String text) {
        assertThat(says(json)).isEqualTo(text.replace('#', '\n'));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"text":"found it","arguments":{"q":1}} | found it
            {"model":"m","message":"hello"} | hello
            {"error":{"type":"io","message":"no route"}} | no route
            {"output":{"text":"done"}} | done
            {"result":{"euro":12.50,"kinds":["a","b"]}} | euro=12.50, kinds=[a, b]
            {"query":"rye"} | rye
            {"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"Rye."}]}} | Rye.
            {"type":"user","message":{"content":[{"type":"tool_result","content":"baked"}]}} | baked
            {"to":"baker","task":"Bake rye.","hint":null} | to=baker, task=Bake rye.
            {"text":"  ","count":3} | text=  , count=3
            {} | ``
            """)
    void ownEvents(String json, String text) {
        assertThat(says(json)).isEqualTo(text);
    }

    private static String span(String attributes, String more) {
        return says("{\"name\":\"a span\",\"kind\":\"SPAN_KIND_INTERNAL\",\"attributes\":" + attributes + more + "}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"gen_ai.output.messages":"[{\\"role\\":\\"assistant\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"Rye.\\"}]}]"} | Rye.
            {"gen_ai.input.messages":[{"role":"user","parts":[{"type":"text","content":"Which?"}]}],"gen_ai.output.messages":[{"role":"assistant","parts":[{"type":"tool_call","name":"bake","arguments":{"loaf":"rye"}}]}]} | bake(loaf=rye)
            {"gen_ai.input.messages":[{"role":"user","parts":[{"type":"text","content":"Which?"}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c","response":{"state":"baked"}}]}]} | state=baked
            {"gen_ai.prompt.0.role":"user","gen_ai.prompt.0.content":"Which?","gen_ai.completion.0.content":"Rye."} | Rye.
            {"gen_ai.prompt.0.role":"user","gen_ai.prompt.0.content":"Which?","gen_ai.completion.0.finish_reason":"tool_calls","gen_ai.completion.0.tool_calls.0.name":"bake","gen_ai.completion.0.tool_calls.0.arguments":"{\\"n\\":2}"} | bake(n=2)
            {"gen_ai.prompt.0.content":"Hello","gen_ai.prompt.1.content":"Which?"} | Which?
            {"llm.output_messages.0.message.role":"assistant","llm.output_messages.0.message.content":"Rye.","output.value":"{}"} | Rye.
            {"ai.prompt.messages":"[{\\"role\\":\\"user\\",\\"content\\":\\"Which?\\"}]","ai.response.text":"Rye."} | Rye.
            {"ai.prompt":"{\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"Which?\\"}]}"} | Which?
            {"ai.response.text":"","ai.response.toolCalls":"[{\\"toolName\\":\\"bake\\",\\"args\\":{\\"n\\":2}}]"} | bake(n=2)
            {"ai.toolCall.name":"bake","ai.toolCall.args":"{\\"n\\":2}","ai.toolCall.result":"\\"done\\""} | n=2 -> done
            {"gen_ai.tool.name":"bake","gen_ai.tool.call.arguments":"{\\"n\\":2}","gen_ai.tool.call.result":"{\\"text\\":\\"done\\"}"} | n=2 -> done
            {"traceloop.span.kind":"tool","traceloop.entity.input":"{\\"inputs\\":{\\"n\\":2},\\"tags\\":[\\"x\\"]}","traceloop.entity.output":"{\\"outputs\\":\\"done\\",\\"kwargs\\":{\\"a\\":1}}"} | n=2 -> done
            {"openinference.span.kind":"CHAIN","input.value":"Which?","output.value":"{\\"output\\":\\"Rye.\\"}"} | Rye.
            {"output.value":"{\\"id\\":\\"x\\",\\"choices\\":[{\\"message\\":{\\"role\\":\\"assistant\\",\\"content\\":\\"Rye.\\"}}]}"} | Rye.
            {"http.request.method":"POST"} | a span
            """)
    void spans(String attributes, String text) {
        assertThat(span(attributes, "")).isEqualTo(text);
    }

    @Test
    void eventsOfSpansSpeakToo() {
        assertThat(span("{}", """
                ,"events":[{"name":"gen_ai.user.message","attributes":{"content":"Which?"}},
                {"name":"gen_ai.choice","attributes":{"message":"{\\"role\\":\\"assistant\\",\\"content\\":\\"Rye.\\"}"}}]""")).isEqualTo("Rye.");
    }

    @Test
    void aFailedSpanSaysWhy() {
        assertThat(span(
                        "{\"gen_ai.tool.name\":\"bake\",\"gen_ai.tool.call.arguments\":\"{\\\"n\\\":2}\"}",
                        ",\"status\":{\"code\":\"STATUS_CODE_ERROR\",\"message\":\"oven cold\"}"))
                .isEqualTo("n=2 -> oven cold");
        assertThat(span("{\"input.value\":\"Which?\"}", """
                ,"status":{"code":"STATUS_CODE_ERROR"},"events":[{"name":"exception",
                "attributes":{"exception.type":"ColdOven","exception.message":"oven cold"}}]""")).isEqualTo("oven cold");
    }

    @Test
    void aLineHasSingleBlanksAndAnEnd() {
        Optional<Payload> call = Optional.of(new Payload("{\"text\":\" one\\n\\n two\\tthree 🍞 \"}"));
        Optional<Payload> result = Optional.of(new Payload("{\"content\":\"four\",\"result\":{}}"));
        assertThat(PayloadText.line(call, result, 40)).isEqualTo("one two three 🍞 -> four");
        assertThat(PayloadText.line(call, Optional.empty(), 4)).isEqualTo("one t");
        assertThat(PayloadText.line(Optional.empty(), result, 4)).isEqualTo("four");
        assertThat(PayloadText.line(Optional.empty(), Optional.empty(), 4)).isEmpty();
    }

    @Test
    void whatIsHostileIsReadInBoundedWork() {
        String deep = "[".repeat(300) + "]".repeat(300);
        assertThat(says("{\"result\":" + deep + "}")).contains("…").hasSizeLessThan(100);
        String text = "{\"a\":1}";
        for (int i = 0; i < 5; i++) {
            text = "{\"a\":" + Json.MAPPER.writeValueAsString(text) + "}";
        }
        assertThat(says("{\"result\":" + text + "}")).startsWith("a=(a=(a=(a={");
        String large = "{\"result\":\"" + "x".repeat(1 << 20) + "\"}";
        assertThat(says(large)).hasSize(1 << 20);
        String many = "{\"attributes\":{" + "\"gen_ai.prompt.0.content\":\"a\"," + "\"x\":[" + "0,".repeat(300_000)
                + "0]},\"name\":\"n\",\"kind\":\"k\"}";
        assertThat(says(many)).isEqualTo("a");
    }
}
