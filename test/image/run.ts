// Builds what the Dockerfile describes without a container engine: carries out its COPY and RUN lines in a clean
// folder that stands for the image's root, then starts the result as the image's user with the image's command,
// asks its health check, and stops it. `node test/image/run.ts`; the last line is the totals.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { Child, freePort } from '../reference/child.ts';
import { execForm, type Instruction, parseDockerfile, type Stage } from './dockerfile.ts';

const project = join(import.meta.dirname, '../..');
const NOBODY = 65534;

let passed = 0;
let failed = 0;

function check(what: string, holds: boolean, detail = ''): void {
  if (holds) passed++;
  else failed++;
  process.stdout.write(`${holds ? 'ok   ' : 'FAILS'} ${what}${holds ? '' : `\n${detail}`}\n`);
}

/** Carries out a stage below `root`, which stands for the stage's `/`. */
function build(stage: Stage, root: string, roots: ReadonlyMap<string, string>): void {
  let workdir = root;
  for (const { name, argument } of stage.instructions) {
    if (name === 'WORKDIR') {
      workdir = join(root, argument);
      mkdirSync(workdir, { recursive: true });
    } else if (name === 'COPY') {
      copy(argument, workdir, root, roots);
    } else if (name === 'RUN') {
      run(argument, workdir, root);
    }
  }
}

function copy(argument: string, workdir: string, root: string, roots: ReadonlyMap<string, string>): void {
  const words = argument.split(/\s+/);
  const from = words[0].startsWith('--from=') ? roots.get(words.shift()!.slice('--from='.length))! : project;
  const destination = words.pop()!;
  const target = destination.startsWith('/') ? join(root, destination) : join(workdir, destination);
  for (const source of words) {
    const isInto = destination.endsWith('/');
    cpSync(join(from, source), isInto ? join(target, basename(source)) : target, {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

/** RUN lines name absolute paths of the image; below a folder that is not `/` these are moved under it. */
function run(command: string, workdir: string, root: string): void {
  const moved = command.replace(/(?<=\s)\/(opt|usr|prometheus|etc)\b/g, `${root}/$1`);
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  process.stdout.write(`RUN   ${command}\n`);
  execFileSync('sh', ['-ec', moved], { cwd: workdir, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function startAsNobody(final: Stage, root: string): Promise<void> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  // By its name, as the container starts it: the link and the file's mode must hold.
  const [name] = execForm(final, 'ENTRYPOINT');
  const entry = join(root, 'usr/local/bin', name);
  const flags = execForm(final, 'CMD').map(flag => flag.replace(/=\//, `=${root}/`));
  symlinkSync(process.execPath, join(root, 'node'));
  const env = { NODE_ENV: 'production', PATH: [root, process.env.PATH].join(delimiter) };
  const child = await Child.start({
    command: entry,
    args: [...flags, `--web.listen-address=${address}`],
    readyUrl: `http://${address}/-/ready`,
    env,
    ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  check('it gets ready as user 65534 with the command of the image', true);
  const healthy = spawnSync(entry, ['check', 'healthy', `--url=http://${address}`], {
    encoding: 'utf8',
    env,
  });
  check(
    'its health check passes',
    healthy.status === 0,
    healthy.error?.message ?? healthy.stdout + healthy.stderr,
  );
  const code = await child.stop();
  check('SIGTERM ends it with code 0', code === 0, child.output);
  check('it wrote its data below /prometheus', existsSync(join(root, 'prometheus/promlite')));
}

function checkProduction(root: string): void {
  const modules = join(root, 'opt/promlite/node_modules');
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
  // What only development needs; some of what it names is there for others, too.
  const dev = Object.keys(lock.packages).filter(
    path => lock.packages[path].dev === true && existsSync(join(root, 'opt/promlite', path)),
  );
  check('no development dependency is in the image', dev.length === 0, dev.join(', '));
  const missing = Object.keys(manifest.dependencies).filter(name => !existsSync(join(modules, name)));
  check('every dependency is in the image', missing.length === 0, missing.join(', '));
}

const folder = mkdtempSync(join(tmpdir(), 'promlite-image-'));
try {
  const stages = parseDockerfile(readFileSync(join(project, 'Dockerfile'), 'utf8'));
  const roots = new Map(stages.map(({ name }) => [name, join(folder, name)]));
  for (const stage of stages) build(stage, roots.get(stage.name)!, roots);
  const final = stages.at(-1)!;
  const root = roots.get(final.name)!;
  const user = final.instructions.find(({ name }: Instruction) => name === 'USER')?.argument;
  check('the image runs as 65534:65534', user === '65534:65534', user);
  execFileSync('chmod', ['-R', 'a+rX', folder]);
  checkProduction(root);
  await startAsNobody(final, root);
} catch (failure) {
  check('the image builds and starts', false, String(failure));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${passed} passed, ${failed} failed, 0 skipped\n`);
process.exitCode = failed > 0 ? 1 : 0;
