// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.access.AccessRules.Rule;
import io.contextgraph.ledger.redis.client.Connections;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.Shown;
import io.contextgraph.ledger.redis.client.Unseen;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Asks Redis what each role's user may do, without doing it.
 *
 * <p><b>Source.</b> {@code ACL DRYRUN}, Redis 7.0.
 */
public final class AccessExamination {
    /** What Redis says to a command. */
    enum Answer {
        PERMITTED,
        REFUSED,
        /** This server has no such command. */
        UNKNOWN
    }

    private static final Logger LOG = LoggerFactory.getLogger(AccessExamination.class);

    private final Connections connections;
    private final AccessRules rules;
    private final Redis operator;

    public AccessExamination(Connections connections, AccessRules rules) {
        this.connections = connections;
        this.rules = rules;
        this.operator = connections.of(Role.OPERATOR);
    }

    public AccessCheck check() {
        List<AccessCheck.Account> accounts = new ArrayList<>();
        for (Role role : connections.inUse()) {
            accounts.add(new AccessCheck.Account(role, user(role), connections.hasOwn(role), List.of(), List.of()));
        }
        Optional<String> refusal = refusal(accounts.getFirst().user());
        if (refusal.isEmpty()) {
            accounts.replaceAll(this::examined);
        }
        return new AccessCheck(accounts, isOpen(), refusal);
    }

    /**
     * Makes sure that those roles that have a user of their own can do all of their work: a script has no rollback, so
     * one that is denied a command in its middle would leave half an event.
     *
     * @throws LedgerException that names what is missing
     */
    public void requireRights() {
        for (Role role : connections.inUse()) {
            if (connections.hasOwn(role)) {
                requireRights(role);
            }
        }
    }

    private void requireRights(Role role) {
        String user = user(role);
        if (refusal(user).isPresent()) {
            LOG.warn("The rights of {}: {}", user, Unseen.RIGHTS.message());
            return;
        }
        List<String> missing = names(user, needed(rules.of(role)), Answer.REFUSED).stream()
                .filter(name -> !AccessRules.isDispensable(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new LedgerException(
                    LedgerException.Reason.UNAVAILABLE,
                    "the user " + user + " may not do what the role " + role.configName() + " must: "
                            + String.join(" ", missing) + "; load what contextgraph redis-acl prints");
        }
    }

    /** As the server says; where it does not, as the settings have it. */
    private String user(Role role) {
        return connections.of(role).pipelined(p -> {
            Response<Object> name = p.sendCommand(Protocol.Command.ACL, "WHOAMI");
            return () -> Shown.of(name).map(Replies::text).orElseGet(() -> connections.userOf(role));
        });
    }

    /** Why the operator may not ask; empty when it may. */
    private Optional<String> refusal(String user) {
        try {
            boolean answers = ask(user, List.of("PING")).getFirst() != Answer.UNKNOWN;
            return answers ? Optional.empty() : Optional.of("Redis does not answer to it");
        } catch (LedgerException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    private AccessCheck.Account examined(AccessCheck.Account account) {
        List<Rule> own = rules.of(account.role());
        List<String> dangers = Dangers.all().stream()
                .flatMap(danger -> (AccessRules.takesKey(danger) ? rules.samples() : List.of(""))
                        .stream()
                                .filter(key -> own.stream().noneMatch(rule -> rule.gives(danger, key)))
                                .map(key -> on(danger, key)))
                .toList();
        return new AccessCheck.Account(
                account.role(),
                account.user(),
                account.own(),
                names(account.user(), needed(own), Answer.REFUSED),
                names(account.user(), dangers, Answer.PERMITTED));
    }

    private static List<String> needed(List<Rule> rules) {
        return rules.stream()
                .flatMap(rule -> rule.commands().stream()
                        .flatMap(command -> AccessRules.takesKey(command)
                                ? rule.patterns().stream().map(pattern -> on(command, AccessRules.sample(pattern)))
                                : Stream.of(command)))
                .toList();
    }

    private static String on(String command, String key) {
        return command.replace(" " + AccessRules.KEY, " " + key);
    }

    /** The names of those commands to which Redis has one answer. */
    private List<String> names(String user, List<String> commands, Answer wanted) {
        List<Answer> answers = ask(user, commands);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
            if (answers.get(i) == wanted) {
                names.add(AccessRules.name(commands.get(i)));
            }
        }
        return names.stream().distinct().toList();
    }

    /** What Redis says to each of some commands of a user. */
    List<Answer> ask(String user, List<String> commands) {
        return operator.pipelined(p -> {
            List<Response<Object>> replies = new ArrayList<>();
            for (String command : commands) {
                List<String> words = new ArrayList<>(List.of("DRYRUN", user));
                words.addAll(List.of(command.replaceFirst("\\|", " ").split(" ")));
                replies.add(p.sendCommand(Protocol.Command.ACL, words.toArray(String[]::new)));
            }
            return () -> replies.stream().map(AccessExamination::answer).toList();
        });
    }

    private static Answer answer(Response<Object> reply) {
        try {
            boolean yes = reply.get() instanceof byte[] said && Keys.text(said).equals("OK");
            return yes ? Answer.PERMITTED : Answer.REFUSED;
        } catch (JedisAccessControlException mayNotAsk) {
            throw mayNotAsk;
        } catch (JedisDataException notFound) {
            return Answer.UNKNOWN;
        }
    }

    /** Whether somebody without a name or password sees the ledger. */
    private boolean isOpen() {
        try (Jedis anybody = operator.anonymous()) {
            boolean ignored = anybody.exists(rules.keys().ledger());
            return true;
        } catch (JedisException | LedgerException closed) {
            return false;
        }
    }
}
