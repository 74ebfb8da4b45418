// The label index finds the same series as looking at each of them, while series come and go.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.ts';
import { Matcher, type MatchOperator, matchesAll } from '../../src/model/matcher.ts';
import { LabelIndex } from '../../src/storage/index/label-index.ts';

const VALUES = ['', 'a', 'b', 'ab', 'abc', 'b\nc', 'ä', '\u{1f600}'];
const anyLabels = fc
  .record({ x: fc.constantFrom(...VALUES), y: fc.constantFrom(...VALUES), u: fc.nat({ max: 1000 }) })
  .map(({ x, y, u }) => Labels.of({ __name__: 'm', x, y, unique: String(u) }));
const anyMatcher = fc
  .record({
    operator: fc.constantFrom<MatchOperator[]>('=', '!=', '=~', '!~'),
    name: fc.constantFrom('x', 'y', 'z', 'unique', '__name__'),
    value: fc.oneof(
      fc.constantFrom(
        ...VALUES,
        'm',
        '.*',
        '.+',
        'a.*',
        '.*c',
        'a|ab',
        '|b',
        'b(.|c)',
        '.*b.*',
        '[ab]',
        '1.*',
        '.*[37]',
      ),
      fc.nat({ max: 1000 }).map(String),
    ),
  })
  .map(({ operator, name, value }) => new Matcher(operator, name, value));

interface Change {
  readonly ref: number;
  readonly labels: Labels;
  /** Whether the index is read after it, which is when pending work is done. */
  readonly look: boolean;
}
const anyChanges = fc.array(
  fc.record<Change>({ ref: fc.nat({ max: 60 }), labels: anyLabels, look: fc.boolean() }),
  { maxLength: 150 },
);

/** Each change adds the ref where it is not in, and takes it out where it is. */
function build(changes: readonly Change[]): { index: LabelIndex; there: Map<number, Labels> } {
  const index = new LabelIndex();
  const there = new Map<number, Labels>();
  for (const { ref, labels, look } of changes) {
    const known = there.get(ref);
    if (known) {
      index.remove(ref, known);
      there.delete(ref);
    } else {
      index.add(ref, labels);
      there.set(ref, labels);
    }
    if (look) index.find([Matcher.equal('x', 'a')], () => labels, 61);
  }
  return { index, there };
}

test('found by matchers: what matches, whatever was added and removed before', () => {
  fc.assert(
    fc.property(anyChanges, fc.array(anyMatcher, { maxLength: 4 }), (changes, matchers) => {
      const { index, there } = build(changes);
      const labelsOf = (ref: number) => there.get(ref) as Labels;
      const refs = [...there.keys()].sort((a, b) => a - b);
      const expected = refs.filter(ref => matchesAll(labelsOf(ref), matchers));
      expect([...index.find(matchers, labelsOf, 61)]).toEqual(expected);
      expect([...index.allRefs()]).toEqual(refs);
      expect(index.size).toBe(there.size);
    }),
    { numRuns: 1500 },
  );
});

test('names and values with their series: those in use, no others', () => {
  fc.assert(
    fc.property(anyChanges, changes => {
      const { index, there } = build(changes);
      const expected: Record<string, Record<string, number[]>> = {};
      for (const [ref, labels] of [...there].sort(([a], [b]) => a - b)) {
        for (const [name, value] of labels.entries()) {
          expected[name] ??= {};
          expected[name][value] ??= [];
          expected[name][value].push(ref);
        }
      }
      const names = [...index.labelNames()];
      const found = names.map(name => {
        const values = [...(index.valuesOf(name) ?? [])].map(([value, list]) => [value, [...list.view()]]);
        return [name, Object.fromEntries(values)];
      });
      expect(Object.fromEntries(found)).toEqual(expected);
      expect(index.valuesOf('never')).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test('many candidates, long and short lists: all paths of intersection agree with looking at each', () => {
  const index = new LabelIndex();
  const all: Labels[] = [];
  for (let i = 0; i < 20_000; i++) {
    const labels = Labels.of({
      __name__: `metric_${i % 50}`,
      half: i % 2 === 0 ? 'even' : '',
      rare: i % 997 === 0 ? 'yes' : '',
      unique: `u${i}`,
      job: 'one',
    });
    index.add(i, labels);
    all.push(labels);
  }
  const equal = Matcher.equal;
  const shapes = [
    [equal('half', 'even'), equal('__name__', 'metric_4')],
    [equal('half', 'even'), equal('rare', 'yes')],
    [equal('rare', 'yes'), new Matcher('!=', 'half', 'even')],
    [equal('half', ''), equal('rare', '')],
    [new Matcher('!=', 'unique', 'u7'), equal('job', 'one')],
    [new Matcher('=~', 'unique', 'u1.*5'), equal('rare', 'yes')],
    [new Matcher('=~', '__name__', 'metric_(1|2|40)'), equal('rare', 'yes')],
    [new Matcher('!~', '__name__', 'metric_.*[3-9]'), new Matcher('=~', 'job', '.+')],
    [new Matcher('=~', 'unique', 'u19.*'), new Matcher('!~', 'half', 'e.*')],
    [new Matcher('=~', 'rare', '.+')],
    [equal('unique', 'u19999'), new Matcher('=~', '__name__', '.*')],
    [equal('job', 'two'), equal('half', 'even')],
  ];
  for (const matchers of shapes) {
    const expected = all.flatMap((labels, ref) => (matchesAll(labels, matchers) ? [ref] : []));
    const found = index.find(matchers, ref => all[ref], all.length);
    // Compared by hand: these are thousands.
    expect([`${matchers}`, found.length]).toEqual([`${matchers}`, expected.length]);
    expect(expected.find((ref, i) => found[i] !== ref)).toBeUndefined();
  }
});

test('the same expressions asked again while values come and go', () => {
  const expressions = ['v.*[13579]', 'v[0-9]*7', '(v1|v2).*', 'v.*', ''].flatMap(source => [
    [new Matcher('=~', 'unique', source)],
    [new Matcher('!~', 'unique', source)],
  ]);
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat({ max: 399 }), { maxLength: 30 }), { maxLength: 8 }), rounds => {
      const index = new LabelIndex();
      const there = new Map<number, Labels>();
      const toggle = (ref: number, value: number) => {
        const known = there.get(ref);
        if (known) {
          index.remove(ref, known);
          there.delete(ref);
          return;
        }
        const labels = Labels.of({ __name__: 'm', unique: `v${value}` });
        index.add(ref, labels);
        there.set(ref, labels);
      };
      for (let ref = 0; ref < 200; ref++) toggle(ref, ref % 150);
      for (const round of rounds) {
        for (const change of round) toggle(change, change % 170);
        for (const matchers of expressions) {
          const labelsOf = (ref: number) => there.get(ref) as Labels;
          const refs = [...there.keys()].filter(ref => matchesAll(labelsOf(ref), matchers));
          expect([...index.find(matchers, labelsOf, 400)]).toEqual(refs.sort((a, b) => a - b));
        }
      }
    }),
    { numRuns: 60 },
  );
});
