// The import rule of ARCHITECTURE.md: which way imports point, which files a module shows to others, and what only
// one file may touch. `violations` names each offending edge.

import type { SourceFile } from './import-graph.ts';

/** Modules by layer, lowest first; a file may import from its own module and from lower layers only. */
const LAYERS: readonly (readonly string[])[] = [
  ['base'],
  ['model'],
  ['query/syntax', 'scraper/exposition', 'config'],
  ['query', 'storage'],
  ['scraper', 'rules', 'remote', 'transfer'],
  ['api'],
  ['cli', 'main.ts', 'service.ts'],
];

/** Contracts belong to no module's inside: they may be imported from layers at or above the syntax. */
const CONTRACT_LAYER = 2;

/** What others may import of a module, beside its contract.ts. Modules that are not named show nothing else. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  base: ['*'],
  model: ['*'],
  'query/syntax': ['ast.ts', 'parse.ts', 'parse-error.ts', 'pretty.ts', 'print.ts'],
  // Inside the query module, its parts are open to each other.
  query: ['syntax/parse.ts', 'syntax/parse-error.ts'],
  'scraper/exposition': ['bytes.ts', 'float.ts', 'openmetrics-parser.ts'],
  storage: ['errors.ts'],
  transfer: ['import/import.ts', 'export/export.ts'],
};

/** These build the parts: they alone may import the factories. */
const COMPOSITION_ROOT = ['main.ts', 'service.ts'];

/** What only one file may import. */
const SOLE_IMPORTERS: Readonly<Record<string, string>> = {
  'better-sqlite3': 'storage/sqlite/driver.ts',
  fastify: 'api/server.ts',
  'prom-client': 'base/metrics.ts',
};

/** What only one file may say. */
const SOLE_USERS: readonly (readonly [what: string, pattern: RegExp, file: string])[] = [
  ['the wall clock', /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, 'base/clock.ts'],
  ['argv', /\bprocess\.argv\b/, 'base/environment.ts'],
  ['the environment', /\bprocess\.env\b/, 'base/environment.ts'],
];

/** One line for every edge or use that breaks the rule. */
export function violations(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(source => [...edgeViolations(source), ...useViolations(source)]);
}

function edgeViolations(source: SourceFile): string[] {
  const found: string[] = [];
  for (const { target, isTypeOnly } of source.imports) {
    const soleImporter = SOLE_IMPORTERS[target];
    if (soleImporter !== undefined) {
      if (!isTypeOnly && source.path !== soleImporter) {
        found.push(`${source.path} imports ${target}: only ${soleImporter} may`);
      }
    } else if (target.endsWith('.ts')) {
      const reason = edgeViolation(source.path, target);
      if (reason) found.push(`${source.path} → ${target}: ${reason}`);
    }
  }
  return found;
}

function edgeViolation(from: string, to: string): string | undefined {
  const fromModule = moduleOf(from);
  const toModule = moduleOf(to);
  if (fromModule === toModule || COMPOSITION_ROOT.includes(from)) return undefined;
  if (toModule.startsWith(`${fromModule}/`)) return undefined;
  if (isContract(to)) {
    return layerOf(fromModule) >= CONTRACT_LAYER ? undefined : 'points upwards';
  }
  const isSyntaxSignature = fromModule === 'query/syntax' && to.startsWith('query/functions/signature');
  if (isSyntaxSignature) return undefined;
  if (layerOf(toModule) >= layerOf(fromModule)) return 'points upwards or sideways';
  return isEntry(toModule, to) ? undefined : `${toModule} is entered by its contract only`;
}

function useViolations(source: SourceFile): string[] {
  return SOLE_USERS.filter(([, pattern, file]) => source.path !== file && pattern.test(source.code)).map(
    ([what, , file]) => `${source.path} reads ${what}: only ${file} may`,
  );
}

const isContract = (path: string): boolean => path.endsWith('/contract.ts');

function isEntry(module: string, path: string): boolean {
  const entries = ENTRIES[module] ?? [];
  return entries.includes('*') || entries.includes(path.slice(module.length + 1));
}

/** The innermost module of LAYERS that holds the file; a file outside all of them breaks the test loudly. */
function moduleOf(path: string): string {
  const modules = LAYERS.flat().filter(module => path === module || path.startsWith(`${module}/`));
  const innermost = modules.sort((a, b) => b.length - a.length)[0];
  if (innermost === undefined) throw new Error(`${path} belongs to no module of the import rule`);
  return innermost;
}

const layerOf = (module: string): number => LAYERS.findIndex(layer => layer.includes(module));
