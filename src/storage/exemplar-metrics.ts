// The ring of exemplars in numbers, under Prometheus' names.

import type { ExemplarRing } from './exemplars.ts';
import type { MetricGroup } from './metric-group.ts';

export function declareExemplarMetrics(group: MetricGroup, ring: ExemplarRing): void {
  group.readCounter('exemplar_exemplars_appended_total', 'Exemplars that were taken.', () => ring.appended);
  group.readCounter(
    'exemplar_out_of_order_exemplars_total',
    'Exemplars refused since their series had a newer one.',
    () => ring.outOfOrder,
  );
  group.readGauge('exemplar_exemplars_in_storage', 'Exemplars that are kept.', () => ring.size);
  group.readGauge(
    'exemplar_series_with_exemplars_in_storage',
    'Series of which exemplars are kept.',
    () => ring.seriesCount,
  );
  group.readGauge(
    'exemplar_last_exemplars_timestamp_seconds',
    'Time of the oldest exemplar that is kept.',
    () => ring.oldestTimeMs / 1000,
  );
  group.readGauge('exemplar_max_exemplars', 'How many exemplars are kept at most.', () => ring.capacity);
}
