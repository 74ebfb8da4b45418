// From series ids to places, for very many of them: two columns of numbers with open addressing, eight bytes a slot.
//
//   ids      [0, 17, 0, 3, …]     by slot: the series id, 0 where the slot is free; a power of two of slots
//   places   [·, 641, ·, 64, …]   by slot: the place

import { bug } from '../../base/errors.ts';

const FEWEST_SLOTS = 64;
/** Of the slots, the part that is in use at most. */
const MOST_LOAD = 0.8;
/** 2^32 divided by the golden ratio: neighbours are spread. */
const SPREAD = 0x9e3779b1;

export class IdPlaces {
  private ids = new Uint32Array(FEWEST_SLOTS);
  private places = new Uint32Array(FEWEST_SLOTS);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** undefined where the id is not in; 0 never is. */
  get(id: number): number | undefined {
    if (id === 0) return undefined;
    const slot = this.slotOf(id);
    return this.ids[slot] === id ? this.places[slot] : undefined;
  }

  /** Ids and places are integers below 2^32; no id is 0. */
  set(id: number, place: number): void {
    if (id === 0 || id !== id >>> 0 || place !== place >>> 0) bug(`no series id and place: ${id}, ${place}`);
    const slot = this.slotOf(id);
    this.places[slot] = place;
    if (this.ids[slot] === id) return;
    this.ids[slot] = id;
    this.count++;
    if (this.count > this.ids.length * MOST_LOAD) this.resize(this.ids.length * 2);
  }

  /** Nothing happens where the id is not in. Those behind it that its slot was in the way of move up. */
  delete(id: number): void {
    const { ids, places } = this;
    const mask = ids.length - 1;
    let hole = this.slotOf(id);
    if (ids[hole] !== id) return;
    for (let slot = (hole + 1) & mask; ids[slot] !== 0; slot = (slot + 1) & mask) {
      const fromHome = (slot - homeOf(ids[slot], mask)) & mask;
      if (fromHome < ((slot - hole) & mask)) continue;
      ids[hole] = ids[slot];
      places[hole] = places[slot];
      hole = slot;
    }
    ids[hole] = 0;
    this.count--;
    if (this.count * 8 < ids.length && ids.length > FEWEST_SLOTS) this.resize(ids.length / 2);
  }

  /** Where the id stands, or the free slot where it would. */
  private slotOf(id: number): number {
    const { ids } = this;
    const mask = ids.length - 1;
    let slot = homeOf(id, mask);
    while (ids[slot] !== 0 && ids[slot] !== id) slot = (slot + 1) & mask;
    return slot;
  }

  private resize(slots: number): void {
    const { ids, places } = this;
    this.ids = new Uint32Array(slots);
    this.places = new Uint32Array(slots);
    for (let i = 0; i < ids.length; i++) {
      if (ids[i] === 0) continue;
      const slot = this.slotOf(ids[i]);
      this.ids[slot] = ids[i];
      this.places[slot] = places[i];
    }
  }
}

/** The upper half of the product says more than the lower one. */
function homeOf(id: number, mask: number): number {
  const product = Math.imul(id, SPREAD);
  return (product ^ (product >>> 16)) & mask;
}
