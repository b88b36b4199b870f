interface Asked {
  readonly script: string;
  readonly needsKafka: boolean;
  readonly minutes: number;
  readonly from: number;
}

interface Forms {
  soakOf(args: readonly string[]): Asked;
}

const module = '../setup/soak-forms.mjs';

describe('npm run soak', () => {
  let forms: Forms;

  beforeAll(async () => {
    forms = (await import(module)) as Forms;
  });

  const inOneProcess = { script: 'bench/soak.mjs', needsKafka: false };
  const onKafka = { script: 'bench/kafka-soak.mjs', needsKafka: true };

  it.each([
    ['', { ...inOneProcess, minutes: 30, from: 10 }],
    ['45', { ...inOneProcess, minutes: 45, from: 10 }],
    ['13 4', { ...inOneProcess, minutes: 13, from: 4 }],
    ['kafka', { ...onKafka, minutes: 30, from: 10 }],
    ['kafka 4 1', { ...onKafka, minutes: 4, from: 1 }],
  ])('-- %s is understood', (line, asked) => {
    expect(forms.soakOf(line.split(' ').filter((each) => each !== ''))).toEqual(asked);
  });

  it.each([
    ['kafak 30', 'What is "kafak"'],
    ['30 kafka', 'What is "kafka"'],
    ['kafka 4,5', 'What is "4,5"'],
    ['0', 'What is "0"'],
    ['-5', 'What is "-5"'],
    ['kafka 30 10 5', 'What is "5"'],
  ])('-- %s is refused by the word that nobody understands', (line, reason) => {
    expect(() => forms.soakOf(line.split(' '))).toThrow(reason);
  });

  it.each(['kafka 10', '4', '5 5', '6 5', 'kafka 5 6'])(
    '-- %s is refused at once: nothing could be compared',
    (line) => {
      expect(() => forms.soakOf(line.split(' '))).toThrow('name an earlier one');
    },
  );
});
