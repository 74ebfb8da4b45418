// Target groups from files: formats, globs, changes, broken files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { FileDiscovery, readGroups } from '../../../src/scraper/discovery/file.ts';

let folder: string;
let discovery: FileDiscovery | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'promlite-files-'));
});

afterEach(() => {
  discovery?.stop();
  rmSync(folder, { recursive: true });
});

/** Starts a discovery; the returned function waits for the next change. */
async function discover(...patterns: string[]): Promise<() => Promise<void>> {
  let changed = Promise.withResolvers<void>();
  discovery = new FileDiscovery(
    { files: patterns.map(pattern => join(folder, pattern)), refreshIntervalMs: 60_000 },
    10,
    silentLogger,
  );
  await discovery.start(() => changed.resolve());
  return async () => {
    await changed.promise;
    changed = Promise.withResolvers();
  };
}

const addresses = () => discovery?.groups().flatMap(group => group.targets);

test('JSON and YAML say the same', () => {
  const groups = (path: string) => [
    { targets: ['a:1', 'b:2'], labels: { port: '8080', __meta_filepath: path }, source: `${path}:0` },
    { targets: [], labels: { x: 'y', __meta_filepath: path }, source: `${path}:1` },
  ];
  const json = '[{"targets":["a:1","b:2"],"labels":{"port":"8080"}},{"labels":{"x":"y"}}]';
  const yaml = '- targets: [a:1, b:2]\n  labels: {port: 8080}\n- labels:\n    x: y\n';
  expect(readGroups('/f.json', json)).toEqual(groups('/f.json'));
  expect(readGroups('/f.yml', yaml)).toEqual(groups('/f.yml'));
  expect(readGroups('/f.yaml', '')).toEqual([]);
});

test.each([
  ['f.json', '{', 'JSON'],
  ['f.json', '{"targets":[]}', 'expected a list of target groups'],
  ['f.json', '[null]', 'nil target group item found (index 0)'],
  ['f.json', '[{"targets":[1]}]', 'targets must be a list of strings (index 0)'],
  ['f.json', '[{"labels":{"a":1}}]', 'label a must be a string (index 0)'],
  ['f.yml', '- target: [a]', 'field target not found in target group (index 0)'],
  ['f.yml', '- targets: [a', 'Flow sequence'],
  ['f.txt', '[]', 'unsupported file extension .txt'],
])('%s with %s is refused', (path, text, message) => {
  expect(() => readGroups(path, text)).toThrow(message);
});

test('a changed file, a new one and one that goes', async () => {
  writeFileSync(join(folder, 'a.json'), '[{"targets":["a:1"]}]');
  writeFileSync(join(folder, 'other.txt'), 'not mine');
  const change = await discover('*.json', 'b.yml');
  expect(addresses()).toEqual(['a:1']);

  writeFileSync(join(folder, 'b.yml'), '- targets: [b:1]');
  await change();
  expect(addresses()).toEqual(['a:1', 'b:1']);

  writeFileSync(join(folder, 'a.json'), '[{"targets":["a:1","a:2"]}]');
  await change();
  expect(addresses()).toEqual(['a:1', 'a:2', 'b:1']);

  rmSync(join(folder, 'a.json'));
  await change();
  expect(addresses()).toEqual(['b:1']);
});

test('a broken file keeps the groups it had', async () => {
  writeFileSync(join(folder, 'a.json'), '[{"targets":["a:1"]}]');
  const change = await discover('*.json');
  writeFileSync(join(folder, 'a.json'), '[{"targets":["broken"');
  await change();
  expect(addresses()).toEqual(['a:1']);
  writeFileSync(join(folder, 'a.json'), '[{"targets":["a:2"]}]');
  await change();
  expect(addresses()).toEqual(['a:2']);
});
