// Times single calls and prints a line for each series of them.

/** Sorted times, µs. */
export function timed(times: number, work: (index: number) => void): Float64Array {
  const found = new Float64Array(times);
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    work(i);
    found[i] = (performance.now() - start) * 1000;
  }
  return found.sort();
}

/** Median, 99th percentile and longest of sorted times, and how many calls fit into a second of them. */
export function printTimes(name: string, sorted: Float64Array, note = ''): void {
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const sum = sorted.reduce((total, time) => total + time, 0);
  const numbers = [at(0.5), at(0.99), sorted[sorted.length - 1]].map(us => us.toFixed(1).padStart(10));
  const perSecond = Math.round((sorted.length / sum) * 1e6);
  process.stdout.write(`${name.padEnd(48)}${numbers.join('')}${String(perSecond).padStart(12)}   ${note}\n`);
}

export function printHead(what: string): void {
  process.stdout.write(`${what.padEnd(48)}    p50 µs    p99 µs    max µs         1/s\n`);
}

/** User and system time of all threads of this process, ms. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
