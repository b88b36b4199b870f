// Bundles what only tests start. It lies outside of dist, so that nobody ships it.
import { bundle } from './build.mjs';
import { inRoot } from './root.mjs';

const entries = { faulty: inRoot('test/points/faulty.main.ts') };
await bundle(entries, { compiled: 'dist', outdir: '.cache/test-bundles' });
