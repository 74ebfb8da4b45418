// Taking turns: long work lets others at this thread, and works that must not overlap follow one another.

/** Resolves once whatever waits for this thread has had it. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve);
  });
}

/** Runs works one at a time, in the order in which they come. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}
