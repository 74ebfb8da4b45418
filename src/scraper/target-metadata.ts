// What a target says of its metric families: type, help and unit by name, as last seen.

import type { Metadata } from '../model/metadata.ts';
import type { EntryKind, ExpositionParser } from './exposition/contract.ts';
import type { FamilyLine } from './series-cache.ts';

export class TargetMetadata {
  readonly byFamily = new Map<string, Metadata>();

  /** Takes the line of metadata at which the parser stands. */
  learn(parser: ExpositionParser, kind: EntryKind): FamilyLine {
    const { familyName } = parser;
    const known = this.byFamily.get(familyName) ?? { type: 'unknown', help: '', unit: '' };
    if (kind === 'type') this.byFamily.set(familyName, { ...known, type: parser.metricType });
    if (kind === 'help') this.byFamily.set(familyName, { ...known, help: parser.text });
    if (kind === 'unit') this.byFamily.set(familyName, { ...known, unit: parser.text });
    return {
      familyName,
      type: kind === 'type' ? parser.metricType : undefined,
      unit: kind === 'unit' ? parser.text : undefined,
    };
  }

  /** Forgets the families that no line speaks of. */
  keepOnly(lines: Iterable<FamilyLine>): void {
    const spokenOf = new Set<string>();
    for (const { familyName } of lines) spokenOf.add(familyName);
    for (const name of this.byFamily.keys()) if (!spokenOf.has(name)) this.byFamily.delete(name);
  }
}
