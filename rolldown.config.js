// What `npm run build` makes for the image and the package: one file for the service and one for its maintenance thread,
// dependencies included, comments and types left out, names kept for the sake of stack traces (docs/adr/0010).

export default {
  input: { main: 'src/main.ts', worker: 'src/storage/maintenance/worker.ts' },
  platform: 'node',
  // Finds its binary beside itself.
  external: ['better-sqlite3'],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  },
};
