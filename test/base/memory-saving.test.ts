// Memory is saved, except while answers are made and for a moment after the last.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMemorySaving } from '../../src/base/memory-saving.ts';

const FLAGS = ['--max-semi-space-size=4', '--memory-saver-mode'];
const AGAIN_AFTER_MS = 5000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('it is suspended from the first answer to a moment after the last', () => {
  const set = vi.fn();
  const saving = createMemorySaving(FLAGS, set);
  saving.suspend();
  saving.suspend();
  saving.resume();
  vi.advanceTimersByTime(10 * AGAIN_AFTER_MS);
  expect(set.mock.calls).toEqual([['--no-memory-saver-mode']]);
  saving.resume();
  vi.advanceTimersByTime(AGAIN_AFTER_MS - 1);
  saving.suspend();
  saving.resume();
  vi.advanceTimersByTime(AGAIN_AFTER_MS - 1);
  expect(set.mock.calls).toEqual([['--no-memory-saver-mode']]);
  vi.advanceTimersByTime(1);
  saving.suspend();
  expect(set.mock.calls).toEqual([
    ['--no-memory-saver-mode'],
    ['--memory-saver-mode'],
    ['--no-memory-saver-mode'],
  ]);
});

test('a process that was not started with the flag is left as it is', () => {
  const set = vi.fn();
  const saving = createMemorySaving([], set);
  saving.suspend();
  saving.resume();
  vi.advanceTimersByTime(10 * AGAIN_AFTER_MS);
  expect(set).not.toHaveBeenCalled();
});
