// What the receiver counts, under Prometheus' names where it has them.

import { Counter, Gauge, type Registry } from '../base/metrics.ts';

export type ReceiverMetrics = ReturnType<typeof createReceiverMetrics>;

/** `seriesKept` tells how many series are remembered. */
export function createReceiverMetrics(registry: Registry, seriesKept: () => number) {
  const registers = [registry];
  new Gauge({
    name: 'promlite_remote_write_series',
    help: 'Series that senders have written lately.',
    registers,
    collect() {
      this.set(seriesKept());
    },
  });
  return {
    taken: new Counter({
      name: 'promlite_remote_write_samples_total',
      help: 'Samples that were taken from remote write requests.',
      registers,
    }),
    refused: new Counter({
      name: 'promlite_remote_write_refused_samples_total',
      help: 'Samples of remote write requests that can never be taken.',
      labelNames: ['reason'],
      registers,
    }),
    refusedExemplars: new Counter({
      name: 'promlite_remote_write_refused_exemplars_total',
      help: 'Exemplars of remote write requests that can never be taken.',
      labelNames: ['reason'],
      registers,
    }),
    invalidLabels: new Counter({
      name: 'prometheus_api_remote_write_invalid_labels_samples_total',
      help: 'The total number of received remote write samples and histogram samples which were rejected due to invalid labels.',
      registers,
    }),
  };
}
