// How long the event loop is held while something is under way: by the clock, and in CPU time of this thread.

export interface Hold {
  /** As a clock shows it; on a busy machine others' work is in it. */
  readonly wallMs: number;
  /** The most CPU time of this thread between two rounds. */
  readonly cpuMs: number;
}

export const longer = (a: Hold, b: Hold): Hold => ({
  wallMs: Math.max(a.wallMs, b.wallMs),
  cpuMs: Math.max(a.cpuMs, b.cpuMs),
});

function now(): Hold {
  const { user, system } = process.threadCpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
}

/** The longest in which the event loop did not come round while `work` was under way. */
export async function longestHold(work: () => Promise<unknown>): Promise<Hold> {
  let longest: Hold = { wallMs: 0, cpuMs: 0 };
  let running = true;
  let last = now();
  const probe = () => {
    const round = now();
    longest = longer(longest, { wallMs: round.wallMs - last.wallMs, cpuMs: round.cpuMs - last.cpuMs });
    last = round;
    if (running) setImmediate(probe);
  };
  setImmediate(probe);
  await work();
  running = false;
  probe();
  return longest;
}
