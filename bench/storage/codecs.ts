// What the chunk codec makes of real and made-up data, beside simple rivals: bytes a sample, and CPU time a sample to
// encode, to open and check a chunk, and to read all of its series.
//
//   node bench/storage/codecs.ts [seconds to record node_exporter for, default 180; 0 leaves it out]
//
// CPU time of this thread, the best of several rounds: other work on the machine makes it a little longer, not many
// times.

import { processArguments } from '../../src/base/environment.ts';
import { SampleBuffer } from '../../src/model/sample-buffer.ts';
import { Chunk, ChunkEncoder, type ChunkSpan, SLOTS } from '../../src/storage/chunk/chunk-codec.ts';
import { fleetSeries } from './fleet-data.ts';
import { recordNodeExporter } from './node-exporter-data.ts';
import { RIVALS } from './rival-codecs.ts';

/** Of a chunk. */
const ID = 1;

const START_MS = 1_800_000_000_137;
const FLEET = { routes: 40, samples: 1440, intervalMs: 15_000 };
const SPANS: readonly (readonly [ChunkSpan, number])[] = [
  ['fresh', 32],
  ['merged', 480],
  ['finished', 1440],
];
const ROUNDS = 5;
const ROUND_MS = 30;

interface DataSet {
  readonly name: string;
  readonly columns: readonly Float64Array[];
  readonly intervalMs: number;
}

/** Blocks of a data set: columns cut to spans of `length` samples. */
function blocksOf(columns: readonly Float64Array[], length: number): Float64Array[][] {
  const blocks: Float64Array[][] = [];
  for (let from = 0; from + length <= columns[0].length; from += length) {
    for (let i = 0; i < columns.length; i += SLOTS) {
      blocks.push(columns.slice(i, i + SLOTS).map(column => column.slice(from, from + length)));
    }
  }
  return blocks;
}

function cpuNs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) * 1000;
}

/** CPU time of one call, the best of some rounds. */
function measure(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const startNs = cpuNs();
    let calls = 0;
    const until = performance.now() + ROUND_MS;
    do {
      work();
      calls++;
    } while (performance.now() < until);
    best = Math.min(best, (cpuNs() - startNs) / calls);
  }
  return best;
}

function print(name: string, bytes: number, samples: number, ...timesNs: number[]): void {
  const times = timesNs.map(time => (time / samples).toFixed(1).padStart(9)).join('');
  console.log(`  ${name.padEnd(34)}${(bytes / samples).toFixed(3).padStart(8)}${times}`);
}

function benchChunks(span: ChunkSpan, length: number, { columns, intervalMs }: DataSet): void {
  const blocks = blocksOf(columns, Math.min(length, columns[0].length)).map(block =>
    block.map(column => {
      const samples = new SampleBuffer(column.length);
      column.forEach((value, i) => void samples.push(START_MS + i * intervalMs, value));
      return samples;
    }),
  );
  const samples = blocks.flat().reduce((sum, buffer) => sum + buffer.length, 0);
  const encode = () =>
    blocks.map(block => {
      const encoder = new ChunkEncoder({ span });
      for (const [slot, buffer] of block.entries()) encoder.add(slot, buffer);
      return encoder.finish(ID);
    });
  const stored = encode();
  const chunks = stored.map(bytes => new Chunk(ID, bytes));
  const out = new SampleBuffer(length);
  const read = () => {
    for (const [i, chunk] of chunks.entries()) {
      for (let slot = 0; slot < blocks[i].length; slot++) {
        out.clear();
        chunk.read(slot, 0, Number.POSITIVE_INFINITY, out);
      }
    }
  };
  const open = () => {
    for (const bytes of stored) new Chunk(ID, bytes);
  };
  const bytes = stored.reduce((sum, one) => sum + one.length, 0);
  const name = `chunk, ${span}, ${blocks[0][0].length} samples`;
  print(name, bytes, samples, measure(encode), measure(open), measure(read));
}

function benchRivals({ columns }: DataSet): void {
  const { length } = columns[0];
  const blocks = blocksOf(columns, length);
  for (const rival of RIVALS) {
    const encode = () => blocks.map(block => rival.encode(block));
    const stored = encode();
    const decode = () => {
      for (const [i, bytes] of stored.entries()) rival.decode(bytes, blocks[i].length, length);
    };
    const bytes = stored.reduce((sum, one) => sum + one.length, 0);
    print(rival.name, bytes, columns.length * length, measure(encode), 0, measure(decode));
  }
}

const fleet = fleetSeries(FLEET);
const columnsOf = (...kinds: string[]) =>
  fleet.filter(({ kind }) => kinds.includes(kind)).map(({ values }) => values);
const sets: DataSet[] = [
  { name: 'fleet, all', columns: columnsOf('bucket', 'counter', 'sum', 'gauge'), intervalMs: 15_000 },
  { name: 'fleet, histogram buckets', columns: columnsOf('bucket'), intervalMs: 15_000 },
  { name: 'fleet, integer counters', columns: columnsOf('counter'), intervalMs: 15_000 },
  { name: 'fleet, sums of random floats', columns: columnsOf('sum'), intervalMs: 15_000 },
];
const seconds = Number(processArguments()[0] ?? 180);
const recorded = seconds > 0 ? await recordNodeExporter(seconds) : undefined;
if (recorded)
  sets.push({ name: 'node_exporter', columns: recorded.map(({ values }) => values), intervalMs: 1000 });

for (const set of sets) {
  console.log(
    `\n${set.name}: ${set.columns.length} series of ${set.columns[0].length} samples, ${set.intervalMs / 1000} s apart`,
  );
  console.log(`  ${' '.repeat(34)}B/sample  encode ns  open ns  read ns`);
  for (const [span, length] of SPANS) benchChunks(span, length, set);
  benchRivals(set);
}
