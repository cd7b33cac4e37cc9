// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A small plot of one value over the last minutes. */

import uPlot from './uplot/uPlot.esm.js';

const HEIGHT = 96;

export class Plot {
  #box;
  #plot;
  #times = [];
  #values = [];
  #keptSeconds;
  #resized;
  #restyle = () => this.#make();

  /** @param keptSeconds how far back it reaches */
  constructor(box, keptSeconds) {
    this.#box = box;
    this.#keptSeconds = keptSeconds;
    this.#make();
    this.#resized = new ResizeObserver(() => this.#plot.setSize({width: Math.max(120, box.clientWidth), height: HEIGHT}));
    this.#resized.observe(box);
    addEventListener('themechange', this.#restyle);
  }

  #make() {
    this.#plot?.destroy();
    const style = getComputedStyle(this.#box);
    const axis = {
      stroke: style.color, grid: {stroke: style.borderColor, width: 1}, ticks: {show: false}, font: '11px sans-serif', size: 40,
    };
    this.#plot = new uPlot({
      width: Math.max(120, this.#box.clientWidth),
      height: HEIGHT,
      legend: {show: false},
      cursor: {show: false},
      scales: {
        x: {range: (_, __, last) => [(last ?? Date.now() / 1_000) - this.#keptSeconds, last ?? Date.now() / 1_000]},
        y: {range: (_, __, most) => [0, Math.max(1, most ?? 1)]},
      },
      axes: [{...axis, size: 22, space: 80}, {...axis, space: 24}],
      series: [{}, {stroke: style.outlineColor, width: 1.5, fill: style.columnRuleColor, points: {show: false}}],
    }, [this.#times, this.#values], this.#box);
  }

  /** A value of now. */
  add(seconds, value) {
    this.#times.push(seconds);
    this.#values.push(value);
    while (this.#times[0] < seconds - this.#keptSeconds) {
      this.#times.shift();
      this.#values.shift();
    }
    this.#plot.setData([this.#times, this.#values]);
  }

  close() {
    removeEventListener('themechange', this.#restyle);
    this.#resized.disconnect();
    this.#plot.destroy();
  }
}
