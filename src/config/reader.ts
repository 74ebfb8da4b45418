// What reading a configuration carries along: the document, the problems and warnings found so far, and where each
// object that was read stands in the text, so that later checks can point at the line.

import { ConfigError } from './contract.ts';
import { Document, type View, type YamlNode } from './document.ts';

const PROBLEM_LIMIT = 100;

interface Place {
  readonly offset: number;
  readonly keyOffsets: ReadonlyMap<string, number>;
}

export class Reader {
  readonly warnings: string[] = [];
  /** What messages call the value that is being read: the key that it stands under. */
  subject = 'the file';
  /** Folder that relative paths start from, as given. */
  readonly folder: string;
  private readonly document: Document;
  private readonly problems: { readonly offset: number; readonly message: string }[] = [];
  private readonly places = new WeakMap<object, Place>();
  private readonly unused = new Map<string, number>();
  private silent = 0;

  /** Throws ConfigError where the text is no YAML. */
  constructor(text: string, file: string, folder: string) {
    this.document = new Document(text, file);
    this.folder = folder;
    if (this.document.hasMore) {
      this.warnings.push(`${file}: holds more than one YAML document; only the first is read`);
    }
  }

  get root(): YamlNode {
    return this.document.root;
  }

  get problemCount(): number {
    return this.problems.length;
  }

  /** Whether so many problems were found that no more are kept. */
  get isFull(): boolean {
    return this.problems.length >= PROBLEM_LIMIT;
  }

  view(node: YamlNode, parentOffset: number): View {
    return this.document.view(node, parentOffset, (offset, message) => this.fault(offset, message));
  }

  /** Notes a problem at a place in the text. The same one is noted once, however many aliases lead to it. */
  fault(offset: number, message: string): void {
    if (this.isFull) return;
    const isKnown = this.problems.some(known => known.offset === offset && known.message === message);
    if (!isKnown) this.problems.push({ offset, message });
  }

  /** Notes a problem with an object that was read, or with one of its keys. */
  faultIn(value: object, key: string | undefined, message: string): void {
    const place = this.places.get(value);
    this.fault((key === undefined ? undefined : place?.keyOffsets.get(key)) ?? place?.offset ?? 0, message);
  }

  remember(value: object, place: Place): void {
    this.places.set(value, place);
  }

  /** Whether the key was written in the file. */
  has(value: object, key: string): boolean {
    return this.places.get(value)?.keyOffsets.has(key) ?? false;
  }

  /** Notes that a known key has no effect; said once for each path. */
  noteUnused(path: string, offset: number): void {
    if (this.silent === 0 && !this.unused.has(path)) this.unused.set(path, offset);
  }

  /** Reads the value of a key. */
  under<T>(key: string, read: () => T): T {
    const before = this.subject;
    this.subject = key.trim() === '' ? JSON.stringify(key) : key;
    const value = read();
    this.subject = before;
    return value;
  }

  /** Reads something inside a part that has no effect as a whole: no more is said about its keys. */
  quietly<T>(read: () => T): T {
    this.silent++;
    try {
      return read();
    } finally {
      this.silent--;
    }
  }

  /** Throws ConfigError with every problem, in the order of the text. */
  finish(): void {
    for (const [path, offset] of this.unused) {
      this.warnings.push(
        `${this.document.position(offset)}: ${path} is accepted and has no effect in promlite`,
      );
    }
    if (this.problems.length === 0) return;
    const sorted = [...this.problems].sort((a, b) => a.offset - b.offset);
    throw new ConfigError(
      sorted.map(({ offset, message }) => `${this.document.position(offset)}: ${message}`).join('\n'),
    );
  }
}
