// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import java.time.Duration;

/**
 * How long the hot window is: it halves with each run while memory is scarce, down to a floor, and doubles again up to what is
 * set once that is over. In between it stays, so that it does not swing.
 */
final class HotWindow {
    /** Share of memory in use from which on it shrinks, in percent. */
    static final int SCARCE_PERCENT = 80;

    /** Share of memory in use below which it widens, in percent. */
    static final int ENOUGH_PERCENT = 70;

    private HotWindow() {}

    /**
     * What it is next.
     *
     * @param now what it is, whatever was set then
     * @param percent of its memory that the store uses; 0 where that is not known
     */
    static Duration next(Duration now, RetentionSettings settings, int percent) {
        Duration within = within(now, settings);
        if (percent >= SCARCE_PERCENT) {
            return within(within.dividedBy(2), settings);
        }
        return percent < ENOUGH_PERCENT ? within(within.multipliedBy(2), settings) : within;
    }

    /** The nearest that the settings allow. */
    static Duration within(Duration window, RetentionSettings settings) {
        if (window.compareTo(settings.hotWindow()) > 0) {
            return settings.hotWindow();
        }
        return window.compareTo(settings.minHotWindow()) < 0 ? settings.minHotWindow() : window;
    }
}
