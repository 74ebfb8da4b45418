// Memory is saved for a while after what fills it, but not while somebody waits for an answer.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMemorySaving, type MemorySaving } from '../../src/base/memory-saving.ts';

const FLAGS = ['--max-semi-space-size=4', '--memory-saver-mode'];
const WHILE_MS = 20_000;

let isOn = true;
const set = vi.fn((flag: string) => {
  isOn = flag === '--memory-saver-mode';
});
let saving: MemorySaving;

beforeEach(() => {
  vi.useFakeTimers();
  set.mockClear();
  isOn = true;
  saving = createMemorySaving(FLAGS, set);
});
afterEach(() => {
  vi.useRealTimers();
});

test('it is on for a while after the start', () => {
  vi.advanceTimersByTime(WHILE_MS - 1);
  expect(isOn).toBe(true);
  vi.advanceTimersByTime(1);
  expect(isOn).toBe(false);
});

test('what fills memory turns it on again, until a while after the last of it', () => {
  vi.advanceTimersByTime(10 * WHILE_MS);
  for (let i = 0; i < 5; i++) {
    saving.begin();
    expect(isOn).toBe(true);
    vi.advanceTimersByTime(WHILE_MS - 1);
    expect(isOn).toBe(true);
  }
  vi.advanceTimersByTime(1);
  expect(isOn).toBe(false);
});

test('it is off while somebody waits, on again five seconds after the last answer, for a while', () => {
  saving.suspend();
  expect(isOn).toBe(false);
  saving.suspend();
  saving.begin();
  saving.resume();
  vi.advanceTimersByTime(10 * WHILE_MS);
  expect(isOn).toBe(false);
  saving.resume();
  vi.advanceTimersByTime(4999);
  expect(isOn).toBe(false);
  saving.suspend();
  saving.resume();
  vi.advanceTimersByTime(4999);
  expect(isOn).toBe(false);
  vi.advanceTimersByTime(1);
  expect(isOn).toBe(true);
  vi.advanceTimersByTime(WHILE_MS);
  expect(isOn).toBe(false);
});

test('samples that come between answers do not wait for them', () => {
  saving.suspend();
  saving.resume();
  saving.begin();
  expect(isOn).toBe(true);
  vi.advanceTimersByTime(WHILE_MS - 1);
  expect(isOn).toBe(true);
  vi.advanceTimersByTime(1);
  expect(isOn).toBe(false);
});

test('V8 is told of changes only', () => {
  for (let i = 0; i < 100; i++) saving.begin();
  expect(set).not.toHaveBeenCalled();
  for (let i = 0; i < 100; i++) {
    saving.suspend();
    saving.resume();
  }
  expect(set.mock.calls).toEqual([['--no-memory-saver-mode']]);
});

test('a process that was not started with the flag is left as it is', () => {
  const left = vi.fn();
  const none = createMemorySaving([], left);
  none.begin();
  none.suspend();
  none.resume();
  vi.advanceTimersByTime(10 * WHILE_MS);
  expect(left).not.toHaveBeenCalled();
});
