// Imports text files: reads them in blocks, stores series by series, and keeps on disk how far it is.
//
// In: ImportOptions. Out: an ImportSummary; every line that was not taken has been told to the listener. Samples are
// handed to the storage in batches; behind every few batches they are flushed, and only then the place in the file is
// written down. What a kill leaves stored beyond that place is stored again by the next run, which changes nothing.

import type { ImportOptions, ImportSummary, ImportTotals } from '../contract.ts';
import { FileImport } from './file-import.ts';
import { ImportState } from './import-state.ts';
import { TextSource } from './source.ts';
import { addTotals, noTotals } from './totals.ts';

/**
 * Imports the files, one after the other. Rejects with TransferError where one can't be read at all, and with what
 * the loader throws; what was flushed until then stays, and the next run goes on there.
 */
export async function importFiles(options: ImportOptions): Promise<ImportSummary> {
  const state = new ImportState(options.stateFile);
  // All are opened first: a misspelt name is told before hours of work.
  const sources = options.files.map(file => new TextSource(file, options.standardInput));
  const identities = sources.flatMap(({ identity }) => identity ?? []);
  if (options.restart) state.forget(identities);

  let totals: ImportTotals = noTotals();
  for (const source of sources) {
    const saved = source.identity === undefined ? undefined : state.get(source.identity);
    if (saved?.isDone) {
      options.listener.skips(source.file);
      totals = addTotals(totals, saved.totals);
      continue;
    }
    const file = new FileImport(source, saved, state, options);
    const outcome = await file.run();
    totals = addTotals(totals, outcome.totals);
    if (outcome.interrupted) return { totals, interrupted: true };
  }
  state.forget(identities);
  return { totals, interrupted: false };
}
