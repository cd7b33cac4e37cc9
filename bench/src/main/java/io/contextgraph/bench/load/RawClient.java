// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The cheapest client of a Redis that there can be: one connection, commands made beforehand, written without waiting
 * for answers.
 */
public final class RawClient implements AutoCloseable {
    private static final int BUFFER = 256 * 1024;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    public RawClient(URI redis) throws IOException {
        socket = new Socket(redis.getHost(), redis.getPort());
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
        String[] user = redis.getUserInfo().split(":", 2);
        call("AUTH", user[0].isEmpty() ? "default" : user[0], user[1]);
    }

    /** @throws IOException also where Redis refuses */
    @Nullable
    Object call(String... words) throws IOException {
        out.write(Resp.command(words));
        out.flush();
        return accepted(Resp.readReply(in));
    }

    /**
     * Writes all commands and reads all answers.
     *
     * @param count how many events an answer says to have taken
     * @return their sum
     */
    public long pipeline(List<byte[]> commands, ToIntFunction<@Nullable Object> count) throws Exception {
        try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
            Callable<Void> write = () -> {
                for (byte[] command : commands) {
                    out.write(command);
                }
                out.flush();
                return null;
            };
            Future<Void> written = writer.submit(write);
            long taken = 0;
            for (int i = 0; i < commands.size(); i++) {
                taken += count.applyAsInt(accepted(Resp.readReply(in)));
            }
            written.get();
            return taken;
        }
    }

    private static @Nullable Object accepted(@Nullable Object reply) throws IOException {
        if (reply instanceof Resp.Refused refused) {
            throw new IOException("Redis: " + refused.message());
        }
        return reply;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
