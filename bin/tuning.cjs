// How the service's Node is started, so that it takes no more memory than it needs. Measured with 10 million samples
// sent at once (resident memory, MB): 537 without any of it and with large arrays never given back, see ADR 7.
//
// Flags of V8 and settings of the C library's allocator count from the start of a process only: promlite.cjs takes
// the same process over once more with them, where the system can do that (not on Windows).
'use strict';

/**
 * Young objects get 4 MB instead of 16: scrapes leave little behind, and a full 16 MB is never given back. The storage's
 * thread collects its garbage when it has nothing to do.
 */
var FLAGS = ['--max-semi-space-size=4', '--expose-gc'];

/**
 * Has V8's heaps grow in small steps, and what is freed of them given back: a quarter less memory. The service turns it
 * off where that costs too much, see ADR 11. A Node that does not know a flag does not start: for the one that is pinned.
 */
if (/^v24\./.test(process.version)) FLAGS.push('--memory-saver-mode');

/** Large arrays are given back to the system when they are freed, and threads share heaps. */
var ENVIRONMENT = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '32768',
  MALLOC_TRIM_THRESHOLD_: '262144',
};

/** Whether these arguments start the service (other commands are short). */
function startsService(args) {
  var first = args[0] || '';
  return first === '' || (first.slice(0, 2) === '--' && !/^--(help|version)$/.test(first));
}

/** Starts this process over with `main`, and does not return; returns where that is done or can't be done. */
function startOver(main, args) {
  if (typeof process.execve !== 'function' || process.platform === 'win32') return;
  if (process.execArgv.indexOf(FLAGS[0]) >= 0 || !startsService(args)) return;
  var argv = [process.execPath].concat(FLAGS, process.execArgv, [main], args);
  try {
    process.execve(process.execPath, argv, Object.assign({}, ENVIRONMENT, process.env));
  } catch (_refused) {
    // It runs as it is, then.
  }
}

module.exports = { startOver: startOver };
