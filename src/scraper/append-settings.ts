// What decides how a target's samples are stored, and what is counted of them.

import type { SampleLabelSettings } from './sample-labels.ts';

export interface AppendSettings extends SampleLabelSettings {
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  /** 0: no limit. */
  readonly sampleLimit: number;
}

/** The features that change what is stored of a sample; a server's for good. */
export interface AppendFeatures {
  readonly typeAndUnitLabels: boolean;
  /** Samples are stored with their start timestamps. */
  readonly startTimestamps: boolean;
  /** Series get a zero at their start timestamp. */
  readonly zerosAtStart: boolean;
}

export const NO_FEATURES: AppendFeatures = {
  typeAndUnitLabels: false,
  startTimestamps: false,
  zerosAtStart: false,
};

/** What one scrape yielded; still true of as much as was read when append() throws. */
export interface AppendCounts {
  /** Samples that the target exposed. */
  scraped: number;
  /** Those that relabelling left. */
  postRelabel: number;
  /** Series that the scrape before did not have. */
  seriesAdded: number;
  duplicates: number;
  outOfOrder: number;
  outOfBounds: number;
}

export function noCounts(): AppendCounts {
  return { scraped: 0, postRelabel: 0, seriesAdded: 0, duplicates: 0, outOfOrder: 0, outOfBounds: 0 };
}
