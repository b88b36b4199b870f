import { readManifest } from './root.mjs';

function numbersOf(version) {
  return version.split('.').map(Number);
}

/** Knows the two forms that our `engines` uses: `^major.minor.patch` and `>=major.minor.patch`. */
function satisfies(version, range) {
  const [major, minor] = numbersOf(version);
  const [wantedMajor, wantedMinor] = numbersOf(range.replace(/^\D+/, ''));
  if (major === wantedMajor) return minor >= wantedMinor;
  return range.startsWith('>=') && major > wantedMajor;
}

function isSupportedNode(version, engines) {
  return engines.split('||').some((range) => satisfies(version, range.trim()));
}

export function requireSupportedNode() {
  const engines = readManifest().engines.node;
  if (isSupportedNode(process.versions.node, engines)) return;
  console.error(`Parley needs Node.js ${engines}; this is ${process.versions.node} (${process.execPath}).`);
  console.error('Install a current LTS release, for example with "nvm install" (the repository has an .nvmrc).');
  process.exit(1);
}
