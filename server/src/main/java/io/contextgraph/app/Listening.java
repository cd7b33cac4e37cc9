// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.AccessSettings;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Setting;
import io.contextgraph.config.Settings;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.List;

/** Before anything is started: whether it may listen where it is to, and can. */
final class Listening {
    private Listening() {}

    /**
     * Looks at address, certificate and port, where these are needed.
     *
     * @throws ConfigurationException where the settings do not let it
     * @throws IOException where nobody could listen, with a message that says what to do
     */
    static void require(Needs needs, Settings settings, Clock clock) throws IOException {
        String host = settings.get(HttpSettings.HOST);
        if (needs.exclusive() && settings.get(AccessSettings.DEV)) {
            ListenAddress.refusalOfDev(host).ifPresent(problem -> {
                throw new ConfigurationException(List.of(problem));
            });
        }
        if (needs.serves()) {
            HttpSettings.tls(settings)
                    .ifPresent(files -> Server.certificate(files, clock).close());
            require(host, settings, HttpSettings.PORT);
        } else if (needs == Needs.PROJECTION) {
            require(Worker.HOST, settings, HttpSettings.METRICS_PORT);
        }
    }

    /** A port that is taken is the most usual reason why a server cannot. */
    private static void require(String host, Settings settings, Setting<Integer> setting) throws IOException {
        int port = settings.get(setting);
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException | IllegalArgumentException taken) {
            throw new IOException(
                    "cannot listen on " + host + ":" + port + " (" + taken.getMessage()
                            + "): stop what uses it, or set " + setting.key() + " (" + setting.variable()
                            + "); 0 takes any free one",
                    taken);
        }
    }
}
