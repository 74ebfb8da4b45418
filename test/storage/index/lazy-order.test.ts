// An order that is kept up lazily sorts any of its members as sorting them by comparison does.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LazyOrder } from '../../../src/storage/index/lazy-order.ts';

/** The order is that of these, which have nothing to do with the members' numbers. */
const keyOf = (member: number) => (member * 7919) % 10_007;
const byKey = (a: number, b: number) => keyOf(a) - keyOf(b);

test('any members after any history', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 300 }), fc.integer({ min: 0, max: 9 })), { maxLength: 600 }),
      changes => {
        const order = new LazyOrder(byKey);
        const members = new Set<number>();
        for (const [member, action] of changes) {
          if (members.delete(member)) order.remove(member);
          else {
            order.add(member);
            members.add(member);
          }
          if (action > 1) continue;
          const some = Uint32Array.from([...members].filter(one => action === 0 || one % 20 === 0));
          expect([...order.sorted(some)]).toEqual([...some].sort(byKey));
        }
        expect(order.size).toBe(members.size);
        order.settle();
        const ranks = order.view();
        const sorted = [...members].sort(byKey);
        expect([...members].sort((a, b) => ranks[a] - ranks[b])).toEqual(sorted);
      },
    ),
    { numRuns: 300 },
  );
});

test('thousands that come and go in waves', () => {
  const order = new LazyOrder(byKey);
  let members: number[] = [];
  for (let wave = 0; wave < 20; wave++) {
    for (let i = 0; i < 1500; i++) {
      const member = (wave * 400 + i * 3) % 10_000;
      if (members.includes(member)) continue;
      order.add(member);
      members.push(member);
    }
    expect([...order.sorted(Uint32Array.from(members))]).toEqual([...members].sort(byKey));
    for (const member of members.filter(one => one % 5 < 3)) order.remove(member);
    members = members.filter(one => one % 5 >= 3);
    const few = members.slice(0, 20);
    expect([...order.sorted(Uint32Array.from(few))]).toEqual([...few].sort(byKey));
  }
});
