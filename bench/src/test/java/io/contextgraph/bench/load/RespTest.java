// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RespTest {
    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Test
    void aCommandIsReadBackAsItTravelled() throws IOException {
        byte[] first = Resp.command("EVALSHA", "a b", "é\r\n", "");
        byte[] second = Resp.command("PING");
        InputStream in = stream(new String(first, UTF_8) + new String(second, UTF_8));
        assertThat(first).asString(UTF_8).isEqualTo("*4\r\n$7\r\nEVALSHA\r\n$3\r\na b\r\n$4\r\né\r\n\r\n$0\r\n\r\n");
        assertThat(Resp.readCommand(in)).contains(first);
        assertThat(Resp.readCommand(in)).contains(second);
        assertThat(Resp.readCommand(in)).isEmpty();
        assertThat(Resp.name(first)).isEqualTo("EVALSHA");
        assertThat(Resp.name(second)).isEqualTo("PING");
    }

    @Test
    void answersOfEveryKindAreRead() throws IOException {
        InputStream in = stream("+OK\r\n-ERR no\r\n:-7\r\n$5\r\na\r\nbc\r\n$-1\r\n*3\r\n$1\r\nx\r\n*0\r\n*-1\r\n");
        assertThat(Resp.readReply(in)).isEqualTo("OK");
        assertThat(Resp.readReply(in)).isEqualTo(new Resp.Refused("ERR no"));
        assertThat(Resp.readReply(in)).isEqualTo(-7L);
        assertThat(Resp.readReply(in)).isEqualTo("a\r\nbc");
        assertThat(Resp.readReply(in)).isNull();
        assertThat(Resp.readReply(in)).isEqualTo(Arrays.asList("x", List.of(), null));
    }

    @Test
    void whatEndsInTheMiddleIsNoCommandAndNoAnswer() {
        assertThatThrownBy(() -> Resp.readCommand(stream("*1\r\n$4\r\nPI"))).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> Resp.readReply(stream("*2\r\n:1\r\n"))).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> Resp.readCommand(stream("GET / HTTP/1.1\r\n"))).isInstanceOf(IOException.class);
    }
}
