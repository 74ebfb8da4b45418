// Summaries whose observations wait: what is read is what was observed.
import { expect, test } from 'vitest';
import { Registry, WaitingSummary } from '../../src/base/metrics.ts';

test('every observation is there when the metrics are read, by label, however many there were', async () => {
  const registry = new Registry();
  const plain = new WaitingSummary({ name: 'plain', help: 'p', percentiles: [0.5], registers: [registry] });
  const labelled = new WaitingSummary({
    name: 'labelled',
    help: 'l',
    labelNames: ['slice'],
    percentiles: [0.5],
    registers: [registry],
  });
  for (let i = 1; i <= 2001; i++) {
    plain.observe(i);
    labelled.observe(i, i % 2 === 0 ? 'even' : 'odd');
  }
  const text = await registry.metrics();
  expect(text).toContain('plain_count 2001');
  expect(text).toContain('plain_sum 2003001');
  expect(text).toContain('labelled_count{slice="even"} 1000');
  expect(text).toContain('labelled_count{slice="odd"} 1001');
  const median = Number(/plain\{quantile="0\.5"\} (\S+)/.exec(text)?.[1]);
  expect(Math.abs(median - 1001)).toBeLessThan(50);

  plain.observe(1);
  expect(await registry.metrics()).toContain('plain_count 2002');
});
