/**
 * A suite to try where nothing has been measured yet: the scripted engine repeats what it is asked, at three speeds, and
 * refuses now and then. Half a minute, no model, and every view has something to show.
 */
const kWords = ['a red kite', 'two brown bears', 'the old lighthouse', 'seven quiet frogs', 'a box of nails', 'the north wind', 'nine yellow lemons', 'a broken clock', 'the last train', 'four loud geese', 'a paper boat', 'the second moon'];

export const kSampleName = 'sample.yaml';
export const kSample = `assay: 1
name: A sample
purpose: The scripted engine repeats a line, at three speeds and with mistakes. No model is needed.
prompt: "Please say this line after me, slowly and with every word in its place: {{line}}."
cases:
${kWords.map((line, index) => `  - { id: "${index + 1}", vars: { line: "${line}" }, expect: "${line}" }`).join('\n')}
evaluate: contains
warmup: 0
models:
  - { engine: fake, model: "load 300ms; wait 60ms; 18 tokens every 7ms; @2 say No.; @5 say I would rather not.; @6 say What line?; @11 say Sorry.", label: hasty }
  - { engine: fake, model: "load 600ms; wait 150ms; 18 tokens every 25ms; @4 say I would rather not.", label: steady }
  - { engine: fake, model: "load 900ms; wait 400ms; 18 tokens every 90ms", label: patient }
`;
