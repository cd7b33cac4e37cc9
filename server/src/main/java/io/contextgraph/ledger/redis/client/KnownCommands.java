// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/**
 * Which of the commands that not every server has a server has.
 *
 * @param firstSearchKey where the keys of {@code FT.SEARCH} begin, which tells its generation; empty where that is not shown
 */
record KnownCommands(boolean json, boolean fullText, boolean waitAof, OptionalLong firstSearchKey) {
    /** What is asked for. */
    static final List<String> ASKED = List.of("JSON.SET", "FT.SEARCH", "WAITAOF");

    /** Where the description of a command says at which argument its keys begin. */
    private static final int FIRST_KEY = 3;

    /** What a command says that is there and was given without arguments. */
    private static final String INCOMPLETE = "wrong number of arguments";

    /** From the answer of {@code COMMAND INFO}; empty where it is none. */
    static Optional<KnownCommands> shown(Object commands) {
        if (!(commands instanceof List<?> known) || known.size() != ASKED.size()) {
            return Optional.empty();
        }
        OptionalLong firstKey = known.get(1) instanceof List<?> search && search.size() > FIRST_KEY
                ? OptionalLong.of((Long) search.get(FIRST_KEY))
                : OptionalLong.empty();
        return Optional.of(
                new KnownCommands(isKnown(known.get(0)), isKnown(known.get(1)), isKnown(known.get(2)), firstKey));
    }

    private static boolean isKnown(@Nullable Object command) {
        return command instanceof List<?> description && !description.isEmpty();
    }

    /** Gives each of them without the arguments that it needs: nothing is done, and a server says at once which it does not have. */
    static KnownCommands tried(Redis redis) {
        return redis.pipelined(p -> {
            Response<Object> json = bare(p, JsonCommand.SET);
            Response<Object> search = bare(p, SearchCommand.SEARCH);
            Response<Object> wait = bare(p, Protocol.Command.WAITAOF);
            return () -> new KnownCommands(isThere(json), isThere(search), isThere(wait), OptionalLong.empty());
        });
    }

    private static Response<Object> bare(Pipeline pipeline, ProtocolCommand command) {
        return pipeline.sendCommand(command, new String[0]);
    }

    private static boolean isThere(Response<Object> reply) {
        try {
            return reply.get() != null;
        } catch (JedisAccessControlException denied) {
            // What a server does not have it says before it looks at rights.
            return true;
        } catch (JedisDataException refused) {
            return String.valueOf(refused.getMessage()).toLowerCase(Locale.ROOT).contains(INCOMPLETE);
        }
    }

    boolean canSearch() {
        return json && fullText;
    }

    /** The module Search, where it is there. */
    Optional<SearchModule> search(Release release, Map<String, String> info) {
        if (!fullText) {
            return Optional.empty();
        }
        OptionalLong number = ServerFacts.number(info, "module_search");
        String version = number.isPresent() ? SearchModule.version(number.getAsLong()) : "unknown";
        boolean eight = firstSearchKey.isPresent()
                ? firstSearchKey.getAsLong() == 0
                : number.isPresent() ? number.getAsLong() >= SearchModule.EIGHT : release.major() >= 8;
        return Optional.of(new SearchModule(version, eight ? SearchGeneration.EIGHT : SearchGeneration.TWO));
    }
}
