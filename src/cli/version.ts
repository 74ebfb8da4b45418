// promlite's version, from its package, and the text of --version in the form in which Prometheus prints its own.

import manifest from '../../package.json' with { type: 'json' };

/** Such as `0.1.0`. */
export const VERSION: string = manifest.version;

export function versionText(): string {
  return [
    `promlite, version ${VERSION}`,
    `  node version:     ${process.version}`,
    `  platform:         ${process.platform}/${process.arch}`,
    '',
  ].join('\n');
}
