const inOneProcess = 'bench/soak.mjs';
const onKafka = 'bench/kafka-soak.mjs';

/**
 * `30 10`, `kafka 30 10`: the script that these arguments ask for, for how many minutes, and the minute after which the memory is
 * compared. Throws at what it does not know, and at what half an hour later would prove nothing.
 */
export function soakOf(args) {
  const [script, numbers] = args[0] === 'kafka' ? [onKafka, args.slice(1)] : [inOneProcess, args];
  const [minutes = 30, from = 10, ...others] = numbers.map(readMinutes);
  if (others.length > 0) throw new Error(`What is "${String(others[0])}"? ${usage}`);
  if (minutes - from < 2)
    throw new Error(
      `A soak of ${String(minutes)} minutes has no two after minute ${String(from)} that could be compared: name an earlier one. ${usage}`,
    );
  return { script, needsKafka: script === onKafka, minutes, from };
}

const usage =
  'A soak is given minutes and the minute after which to compare: `npm run soak -- 30 10`, or `-- kafka 30 10`.';

function readMinutes(argument) {
  if (!/^[1-9]\d*$/.test(argument)) throw new Error(`What is "${argument}"? ${usage}`);
  return Number(argument);
}
