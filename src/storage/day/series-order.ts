// The order of series in a day file: by metric name, then by labels, so that what a query reads together lies together.

import { compareLabels, type Labels } from '../../model/labels.ts';
import { compareText } from '../../model/text-order.ts';

/** Negative, zero or positive as `a` stands before, with or after `b`. */
export const compareSeries = (a: Labels, b: Labels): number =>
  compareText(a.metricName, b.metricName) || compareLabels(a, b);
