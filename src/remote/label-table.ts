// The label sets that senders have sent, as the very bytes that stand in requests, numbered from 0: so that labels
// that came before are never decoded, nor even hashed where they come in the order of the last time.
//
//   sets    their bytes (label-bytes.ts)
//   hashes  by number
//   follow  by number: the set that came after this one, + 1, 0 where unknown
//   slots   open addressing by hash: number + 1, 0 where free; never more than three quarters in use

import { LabelBytes } from './label-bytes.ts';
import { LABEL_TAG } from './labels.ts';

export const NOT_FOUND = -1;

const INITIAL_SETS = 64;
/** What columns by number grow by: room that is never used costs more than copying. */
export const GROWTH = 1.25;
const SLOTS_A_SET = 4 / 3;
const TWO_32 = 2 ** 32;

export class LabelTable {
  /** How often a set that was expected stood elsewhere than right behind the one before it, which is slower. */
  displaced = 0;
  private readonly sets = new LabelBytes();
  private hashes: Int32Array;
  private follow: Uint32Array;
  private slots: Uint32Array;

  /** With room for so many sets. */
  constructor(capacity = INITIAL_SETS) {
    this.hashes = new Int32Array(Math.max(capacity, INITIAL_SETS));
    this.follow = new Uint32Array(this.hashes.length);
    this.slots = new Uint32Array(Math.ceil(this.hashes.length * SLOTS_A_SET));
  }

  get length(): number {
    return this.sets.length;
  }

  /** Memory in use, about. */
  get byteSize(): number {
    return this.sets.byteSize + this.hashes.byteLength + this.follow.byteLength + this.slots.byteLength;
  }

  /** Of the set that expect(), find() or add() returned last. */
  get byteLength(): number {
    return this.sets.byteLength;
  }

  /**
   * The set that came after `previous` the last time, if the bytes from `start` on are it and nothing but it before
   * whatever follows the labels; else NOT_FOUND. `previousStart` is where `previous` stands in the same source, or
   * NOT_FOUND where it stood in another.
   */
  expect(previous: number, previousStart: number, source: DataView, start: number, end: number): number {
    if (previous === NOT_FOUND) return NOT_FOUND;
    const number = this.follow[previous] - 1;
    if (number === NOT_FOUND) return NOT_FOUND;
    const neighbourStart = number === previous + 1 ? previousStart : NOT_FOUND;
    if (!this.sets.matches(number, source, start, end, neighbourStart)) return NOT_FOUND;
    const labelsEnd = start + this.sets.byteLength;
    if (labelsEnd < end && source.getUint8(labelsEnd) === LABEL_TAG) return NOT_FOUND;
    if (number !== previous + 1) this.displaced++;
    return number;
  }

  /** The set whose bytes are [start, end) of the source, or NOT_FOUND. */
  find(source: DataView, start: number, end: number): number {
    const { sets, slots, hashes } = this;
    const hash = hashOf(source, start, end);
    for (let slot = this.slotOf(hash); slots[slot] !== 0; slot = this.slotBehind(slot)) {
      const number = slots[slot] - 1;
      if (hashes[number] !== hash || !sets.matches(number, source, start, end, NOT_FOUND)) continue;
      if (sets.byteLength === end - start) return number;
    }
    return NOT_FOUND;
  }

  /** Adds a set that is not there; returns its number. */
  add(source: DataView, start: number, end: number): number {
    return this.addHashed(source, start, end, hashOf(source, start, end));
  }

  /** Adds a set of another table; returns its number here. */
  adopt(from: LabelTable, number: number): number {
    const set = from.sets.read(number);
    return this.addHashed(set, 0, from.sets.byteLength, from.hashes[number]);
  }

  /** Notes that `number` came after `previous`. */
  link(previous: number, number: number): void {
    if (previous !== NOT_FOUND) this.follow[previous] = number + 1;
  }

  /** The set that came after that one the last time, NOT_FOUND where none did. */
  following(number: number): number {
    return this.follow[number] - 1;
  }

  private addHashed(source: DataView, start: number, end: number, hash: number): number {
    if (this.length === this.hashes.length) this.grow();
    const number = this.sets.add(source, start, end);
    this.hashes[number] = hash;
    this.enter(number);
    return number;
  }

  private enter(number: number): void {
    let slot = this.slotOf(this.hashes[number]);
    while (this.slots[slot] !== 0) slot = this.slotBehind(slot);
    this.slots[slot] = number + 1;
  }

  /** The hash as a share of all that are possible. */
  private slotOf(hash: number): number {
    return Math.floor(((hash >>> 0) / TWO_32) * this.slots.length);
  }

  private slotBehind(slot: number): number {
    return slot + 1 === this.slots.length ? 0 : slot + 1;
  }

  private grow(): void {
    const { hashes, follow, length } = this;
    const capacity = Math.ceil(length * GROWTH);
    this.hashes = new Int32Array(capacity);
    this.hashes.set(hashes);
    this.follow = new Uint32Array(capacity);
    this.follow.set(follow);
    this.slots = new Uint32Array(Math.ceil(capacity * SLOTS_A_SET));
    for (let number = 0; number < length; number++) this.enter(number);
  }
}

/** Odd, and different in every process, so that no sender can choose labels that collide. */
const secretFactor = (): number => Math.floor(Math.random() * 2 ** 32) | 1;
const SEED = secretFactor();
const [HIGH_FACTOR, LOW_FACTOR] = [secretFactor(), secretFactor()];

/** 32 bits of the bytes [start, end), four at a time, each half times a factor of its own. */
function hashOf(source: DataView, start: number, end: number): number {
  let hash = SEED;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = source.getInt32(at, true);
    hash = mixed(Math.imul(hash ^ (word >>> 16), HIGH_FACTOR));
    hash = mixed(Math.imul(hash ^ (word & 0xffff), LOW_FACTOR));
  }
  for (; at < end; at++) hash = mixed(Math.imul(hash ^ source.getUint8(at), LOW_FACTOR));
  return hash ^ (hash >>> 16);
}

const mixed = (hash: number): number => hash ^ (hash >>> 15);
