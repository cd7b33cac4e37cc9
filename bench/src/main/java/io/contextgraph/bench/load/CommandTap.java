// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between a client and its Redis and writes down the calls of scripts that pass: so the load of a benchmark is
 * what the product really sends, byte for byte, and the layout of the arguments stands in one place only.
 *
 * <p><b>Threads.</b> Safe for threads; calls are kept in the order of their arrival.
 */
public final class CommandTap implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final URI redis;
    private final ServerSocket door;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Socket> sockets = new ArrayList<>();
    private final List<byte[]> calls = new ArrayList<>();
    private boolean recording;

    private CommandTap(URI redis, ServerSocket door) {
        this.redis = redis;
        this.door = door;
    }

    public static CommandTap before(URI redis) throws IOException {
        CommandTap tap = new CommandTap(redis, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        tap.threads.execute(tap::accept);
        return tap;
    }

    /** Where clients come in instead. */
    public URI url() {
        return URI.create("redis://" + redis.getRawUserInfo() + "@127.0.0.1:" + door.getLocalPort());
    }

    public synchronized void record() {
        recording = true;
    }

    /** The calls since {@link #record}. */
    public synchronized List<byte[]> calls() {
        recording = false;
        return List.copyOf(calls);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = keep(door.accept());
                Socket server = keep(new Socket(redis.getHost(), redis.getPort()));
                threads.execute(() -> pump(() -> commands(client, server)));
                threads.execute(() -> pump(() -> server.getInputStream().transferTo(client.getOutputStream())));
            }
        } catch (IOException closed) {
            // The way to end.
        }
    }

    private synchronized Socket keep(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        return socket;
    }

    private interface Pump {
        void run() throws IOException;
    }

    private static void pump(Pump pump) {
        try {
            pump.run();
        } catch (IOException closed) {
            // Whoever waits for an answer sees that there is none.
        }
    }

    private void commands(Socket client, Socket server) throws IOException {
        try (client;
                server;
                InputStream in = new BufferedInputStream(client.getInputStream(), BUFFER);
                OutputStream out = new BufferedOutputStream(server.getOutputStream(), BUFFER)) {
            Optional<byte[]> command = Resp.readCommand(in);
            while (command.isPresent()) {
                keep(command.get());
                out.write(command.get());
                if (in.available() == 0) {
                    out.flush();
                }
                command = Resp.readCommand(in);
            }
        }
    }

    private synchronized void keep(byte[] command) {
        if (recording && Resp.name(command).equals("EVALSHA")) {
            calls.add(command);
        }
    }

    @Override
    public void close() {
        try {
            door.close();
            synchronized (this) {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.close();
        }
    }
}
