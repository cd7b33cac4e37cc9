// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A loopback port in front of Redis that counts the commands of one process and breaks it off at one of them: from then on
 * it reaches nobody, as if it had been killed there.
 *
 * <p><b>Guarantees.</b> Commands before the one that is struck have been carried out. What is to happen besides has happened
 * before the process notices.
 */
public final class CommandBreaker implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;
    private static final String TOKEN = "carried-out-until-here";
    private static final byte[] ECHO = bytes("*2\r\n$4\r\nECHO\r\n$" + TOKEN.length() + "\r\n" + TOKEN + "\r\n");

    /** When a command is struck. */
    public enum Moment {
        BEFORE,
        DURING,
        AFTER
    }

    /**
     * A blow.
     *
     * @param at which command from now on, from 1
     * @param name or else the first of this name
     * @param besides what happens besides, such as that Redis dies
     */
    public record Blow(int at, String name, Moment moment, Runnable besides) {}

    private final int target;
    private final Function<List<String>, String> naming;
    private final ServerSocket listening;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private @Nullable Blow blow;
    private final Set<String> passed = new TreeSet<>();
    private int commands;
    private volatile @Nullable String struck;
    private volatile boolean broken;

    private CommandBreaker(int target, Function<List<String>, String> naming) throws IOException {
        this.target = target;
        this.naming = naming;
        this.listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread ignored = Thread.ofPlatform().daemon().start(this::accept);
    }

    /**
     * In front of the server on a loopback port.
     *
     * @param naming what a command is called, by its words
     */
    public static CommandBreaker to(int port, Function<List<String>, String> naming) {
        try {
            return new CommandBreaker(port, naming);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of a server with this in front of it. */
    public URI inFrontOf(URI server) {
        return URI.create(server.toString().replaceFirst(":\\d+$", ":" + listening.getLocalPort()));
    }

    /** Counts from here on, and strikes once. */
    public synchronized void arm(Blow newBlow) {
        blow = newBlow;
        commands = 0;
        passed.clear();
    }

    /** How many commands have passed. */
    public synchronized int count() {
        return commands;
    }

    /** The names of the commands that have passed. */
    public synchronized Set<String> passed() {
        return Set.copyOf(passed);
    }

    /** Strikes no more: what has not been struck by now will not be. */
    public synchronized void disarm() {
        blow = null;
    }

    /** The command that was struck; empty where none was. */
    public Optional<String> struck() {
        return Optional.ofNullable(struck);
    }

    private synchronized @Nullable Blow due(Command command) {
        commands++;
        String name = naming.apply(command.words());
        boolean ignored = passed.add(name);
        Blow next = blow;
        if (next == null || (commands != next.at() && !name.equals(next.name()))) {
            return null;
        }
        blow = null;
        return next;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (broken) {
                    reset(client);
                } else {
                    Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
                    links.add(link);
                    link.start();
                }
            } catch (IOException closing) {
                // Closed, or Redis is away.
            }
        }
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException gone) {
            // Then it is as it should be.
        }
    }

    @Override
    public void close() {
        broken = true;
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        links.forEach(Link::cut);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** A command as it came, and its words. */
    private record Command(String raw, List<String> words) {
        /** Null at the end. */
        static @Nullable Command read(InputStream in) throws IOException {
            ByteArrayOutputStream raw = new ByteArrayOutputStream();
            String head = line(in, raw);
            if (head.isEmpty()) {
                return null;
            }
            List<String> words = new ArrayList<>();
            for (int left = Integer.parseInt(head.substring(1)); left > 0; left--) {
                int length = Integer.parseInt(line(in, raw).substring(1));
                byte[] word = in.readNBytes(length + 2);
                raw.writeBytes(word);
                words.add(new String(word, 0, Math.min(length, word.length), ISO_8859_1));
            }
            return new Command(raw.toString(ISO_8859_1), words);
        }

        private static String line(InputStream in, ByteArrayOutputStream raw) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                raw.write(next);
                if (next == '\n') {
                    break;
                } else if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }
    }

    /** One connection. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private final CountDownLatch carriedOut = new CountDownLatch(1);
        private volatile boolean swallowing;

        Link(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void start() {
            Thread ignored = Thread.ofPlatform().daemon().start(this::pumpCommands);
            ignored = Thread.ofPlatform().daemon().start(this::pumpAnswers);
        }

        private void pumpCommands() {
            try {
                InputStream in = new BufferedInputStream(client.getInputStream());
                OutputStream out = new BufferedOutputStream(server.getOutputStream());
                for (Command command = Command.read(in); command != null; command = Command.read(in)) {
                    Blow due = due(command);
                    if (due != null) {
                        strike(due, command, out);
                        return;
                    }
                    out.write(bytes(command.raw()));
                    if (in.available() == 0) {
                        out.flush();
                    }
                }
            } catch (IOException gone) {
                // One end has gone.
            }
            cut();
        }

        private void strike(Blow due, Command command, OutputStream out) throws IOException {
            broken = true;
            swallowing = true;
            if (due.moment() == Moment.AFTER) {
                out.write(bytes(command.raw()));
            }
            out.write(ECHO);
            out.flush();
            awaitCarriedOut();
            if (due.moment() == Moment.DURING) {
                out.write(bytes(command.raw()));
                out.flush();
            }
            // First, as it may be whoever waits for this that dies besides.
            struck = naming.apply(command.words());
            due.besides().run();
            links.forEach(Link::cut);
        }

        private void awaitCarriedOut() {
            try {
                if (!carriedOut.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("Redis has not carried out what came before");
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        private void pumpAnswers() {
            try {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                StringBuilder last = new StringBuilder();
                byte[] buffer = new byte[16 * 1024];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (swallowing) {
                        last.append(new String(buffer, 0, read, ISO_8859_1));
                        if (last.indexOf(TOKEN) >= 0 || last.indexOf("NOAUTH") >= 0) {
                            carriedOut.countDown();
                        }
                    } else {
                        out.write(buffer, 0, read);
                        out.flush();
                    }
                }
            } catch (IOException gone) {
                // One end has gone.
            }
            if (!swallowing) {
                cut();
            }
        }

        void cut() {
            boolean ignored = links.remove(this);
            reset(client);
            reset(server);
        }
    }
}
