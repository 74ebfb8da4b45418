#!/usr/bin/env node
// The promlite command. Checks the Node version before anything else is loaded, in syntax that old versions
// read: under an old Node it starts itself again with the pinned one. (Native modules built for a newer Node
// end an old one without a word.)
'use strict';

var fs = require('fs');
var path = require('path');
var node = require('./pinned-node.cjs');

// A checkout runs its sources, types stripped by Node; an installed package or image runs what was built, and so does
// a checkout where PROMLITE_BUILT is set.
var source = path.join(__dirname, '..', 'src', 'main.ts');
var runsSource = fs.existsSync(source) && !process.env.PROMLITE_BUILT;
var main = runsSource ? source : path.join(__dirname, '..', 'dist', 'main.js');

if (node.hostIsNewEnough()) {
  require('./tuning.cjs').startOver(main, process.argv.slice(2));
  process.argv[1] = main;
  import(require('url').pathToFileURL(main).href);
} else {
  var found = node.findNode();
  if (!found) {
    process.stderr.write(node.explainMissing());
    process.exit(1);
  }
  require('./forward.cjs').runInPlace(found, [main].concat(process.argv.slice(2)));
}
